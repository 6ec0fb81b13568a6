-- Grain: one row per certificate declared for an offer. Destination: pc_certificate.
-- Owner: neo-hub. Personal data: none.
-- inputs: stg_portal__offers, int_customer_xref
-- optional: ref_requirement
with declared as (
    select
        stg_portal__offers.offer_id,
        stg_portal__offers.company_id,
        unnest(stg_portal__offers.certificates) as certificate
    from stg_portal__offers
),

-- The same certificate declared twice for an offer is one: the longer validity, and the better proof.
held as (
    select
        declared.offer_id,
        declared.company_id,
        declared.certificate.code as code,
        max(declared.certificate.valid_until) as valid_until,
        bool_or(coalesce(declared.certificate.is_verified, false)) as is_verified
    from declared
    where declared.certificate.code is not null
    group by declared.offer_id, declared.company_id, declared.certificate.code
),

named as (
    {% if has("ref_requirement") %}
        select
            ref_requirement.requirement_code as code,
            min(ref_requirement.name_es) as name_es
        from ref_requirement
        group by ref_requirement.requirement_code
    {% else %}
        select
            held.code,
            held.code as name_es
        from held
        where false
    {% endif %}
)

select
    {{ hub_key("held.offer_id || '|' || held.code") }} as row_key,
    left(coalesce(named.name_es, held.code), 200) as pc_name,
    held.code as pc_code,
    held.valid_until as pc_validuntil,
    held.is_verified as pc_isverified,
    0 as statecode,
    'pc_offer:' || held.offer_id as "pc_OfferId",
    'account:' || int_customer_xref.hub_id as "pc_AccountId"
from held
left join named on held.code = named.code
left join int_customer_xref
    on
        held.company_id = int_customer_xref.source_key
        and int_customer_xref.source = 'portal'
