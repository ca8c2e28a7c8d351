{% snapshot populations %}
{{ config(target_schema='dbt_shop', unique_key='code', strategy='check', check_cols=['population'], table_type='iceberg') }}
select * from {{ ref('merged') }}
{% endsnapshot %}
