-- The people of our customers: contacts of the portal and of NEO, legal representatives of the register.
-- Grain: one row per person_id. Owner: customer_360. Personal data: yes, all of it; screening and contact only.
-- Inputs: person_field (golden values, long), person_head.
{% set fields = [
    'full_name', 'first_name', 'last_name', 'email', 'phone', 'document_type', 'document_number', 'position', 'role',
    'country', 'language',
] %}
with

golden as (
    select
        {% for field in fields %}
            max(value) filter (where field = {{ field | literal }}) as {{ field | name }},
        {% endfor %}
        person_id
    from person_field
    group by person_id
)

select
    head.person_id,
    head.customer_id,
    golden.full_name,
    golden.first_name,
    golden.last_name,
    golden.email,
    golden.phone,
    golden.document_type,
    golden.document_number,
    golden.position,
    golden.role,
    golden.country,
    golden.language,
    head.neo_contact_id,
    head.portal_contact_id,
    head.source
from person_head as head
left join golden using (person_id)
order by head.person_id
