-- Grain: one row per customer that has, or may get, an account in NEO.
-- An exporter that NEO does not know gets none by registering: it becomes a lead and an advisor calls (E2).
-- Owner: neo-hub. Personal data: none.
-- inputs: dim_customer
-- optional: fct_registration_decision
with customers as (
    select
        dim_customer.customer_id,
        dim_customer.audience,
        dim_customer.is_in_neo,
        dim_customer.portal_company_id
    from dim_customer
),

accepted as (
    {% if has("fct_registration_decision") %}
        select distinct fct_registration_decision.customer_id
        from fct_registration_decision
        where
            fct_registration_decision.decision = 'accept'
            and fct_registration_decision.customer_id is not null
    {% else %}
        select customers.customer_id
        from customers
        where false
    {% endif %}
)

select customers.customer_id
from customers
left join accepted on customers.customer_id = accepted.customer_id
where
    customers.is_in_neo
    or customers.portal_company_id is not null
    or (customers.audience = 'buyer' and accepted.customer_id is not null)
