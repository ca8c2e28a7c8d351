{{ config(materialized='table', partitioned_by=['code']) }}
select population, code from {{ ref('countries_view') }} where population is not null
