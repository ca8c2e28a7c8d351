{{ config(materialized='incremental', incremental_strategy='append', table_type='iceberg') }}
select code, cast(current_timestamp as timestamp(6)) as at from {{ ref('countries') }}
