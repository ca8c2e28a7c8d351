{{ config(materialized='table', table_type='iceberg', partitioned_by=['bucket(code, 4)']) }}
select code, name, population from {{ ref('countries') }}
