{{ config(materialized='incremental', incremental_strategy='merge', table_type='iceberg', unique_key='code') }}
select code, population + {{ 1 if is_incremental() else 0 }} as population from {{ ref('countries') }}
