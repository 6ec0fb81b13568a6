-- Which customers answer to a NIT, an e-mail, a name or a hub id.
-- Grain: one row per customer. Personal data: reads e-mail addresses, returns none.
-- Parameters: needle (as typed), digits (only its digits), folded (lower case, no accents).
with customers as (
    select
        customer_id,
        audience,
        legal_name,
        trade_name,
        nit,
        tax_id,
        email,
        neo_account_id,
        portal_company_id
    from dim_customer
),

by_person as (
    select distinct customer_id
    from dim_person
    where lower(email) = {{ needle | lower | literal }}
)

select
    customers.customer_id,
    customers.audience,
    customers.legal_name,
    customers.nit,
    case
        when customers.customer_id = {{ needle | literal }} then 'hub id'
        when
            {{ digits | length >= 6 }} and customers.nit in ({{ digits | literal }}, {{ digits[:-1] | literal }})
            then 'nit'
        when customers.tax_id = {{ needle | literal }} then 'tax id'
        when lower(customers.email) = {{ needle | lower | literal }} then 'e-mail'
        when by_person.customer_id is not null then 'e-mail of a contact'
        else 'name'
    end as found_by
from customers
left join by_person on customers.customer_id = by_person.customer_id
where
    customers.customer_id = {{ needle | literal }}
    or customers.portal_company_id = {{ needle | literal }}
    or customers.neo_account_id = {{ needle | lower | literal }}
    {% if digits | length >= 6 %}
        or customers.nit in ({{ digits | literal }}, {{ digits[:-1] | literal }})
        or customers.tax_id = {{ needle | literal }}
    {% endif %}
    or lower(customers.email) = {{ needle | lower | literal }}
    or by_person.customer_id is not null
    {% if folded | length >= 3 %}
        or contains(lower(strip_accents(customers.legal_name)), {{ folded | literal }})
        or contains(lower(strip_accents(customers.trade_name)), {{ folded | literal }})
    {% endif %}
order by customers.customer_id
limit 20
