{{ config(materialized='view') }}
select code, name, population from {{ ref('countries') }}
