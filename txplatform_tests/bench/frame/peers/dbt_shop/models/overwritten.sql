{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitioned_by=['code']) }}
select population, code from {{ ref('countries_view') }}
