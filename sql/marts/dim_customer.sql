-- The customer: one golden record per company (or person in trade) and audience.
-- Grain: one row per customer_id. Owner: customer_360. Personal data: contact data of people in trade.
-- Inputs: customer_field (golden values, long), customer_head (what stands for the customer), customer_quality.
{% set texts = [
    'legal_name', 'trade_name', 'nit', 'nit_dv', 'tax_id', 'country', 'department_code', 'city_code', 'address', 'email',
    'phone', 'website', 'sector', 'ciiu', 'size', 'rues_status', 'profile_status', 'origin',
] %}
{% set lists = ['languages', 'target_markets', 'export_markets'] %}
with

golden as (
    select
        {% for field in texts + lists + ['rues_registered_on', 'years_exporting', 'consent_marketing'] %}
            max(value) filter (where field = {{ field | literal }}) as {{ field | name }},
        {% endfor %}
        customer_id
    from customer_field
    group by customer_id
),

cities as (
    select
        code,
        city_name
    from place
)

select
    head.customer_id,
    head.audience,
    head.kind,
    golden.legal_name,
    golden.trade_name,
    golden.nit,
    golden.nit_dv,
    head.nit_status,
    golden.tax_id,
    case when golden.tax_id is not null then golden.country end as tax_id_country,
    golden.country,
    golden.department_code,
    golden.city_code,
    cities.city_name,
    golden.address,
    golden.email,
    golden.phone,
    golden.website,
    golden.sector,
    golden.ciiu,
    golden.size,
    golden.rues_status,
    cast(golden.rues_registered_on as date) as rues_registered_on,
    cast(golden.years_exporting as integer) as years_exporting,
    {% for field in lists %}
        case when golden.{{ field }} is null then [] else string_split(golden.{{ field }}, ';') end as {{ field }},
    {% endfor %}
    golden.profile_status,
    golden.origin,
    quality.completeness,
    quality.quality_class,
    quality.quality_missing,
    head.neo_account_id,
    head.neo_duplicate_ids,
    head.portal_company_id,
    cast(golden.consent_marketing as boolean) as consent_marketing,
    head.sources,
    head.neo_account_id is not null as is_in_neo
from customer_head as head
left join golden using (customer_id)
left join cities on golden.city_code = cities.code
left join customer_quality as quality using (customer_id)
order by head.customer_id
