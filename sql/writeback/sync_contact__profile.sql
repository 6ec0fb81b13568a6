-- Grain: one row per person of a customer that belongs in NEO. Destination: contact.
-- Legal representatives known from the register alone are not written: that data is held for screening only (Ley 1581).
-- Owner: neo-hub. Personal data: high (names, documents, contact data).
-- inputs: dim_person, belonging
select
    dim_person.person_id as row_key,
    dim_person.neo_contact_id as neo_id,
    case when coalesce(dim_person.last_name, dim_person.full_name) is null then 'no_name' end as hold_code,
    case
        when coalesce(dim_person.last_name, dim_person.full_name) is null then 'no tiene nombre todavía'
    end as hold_es,
    -- A person known from NEO alone is NEO's own: the spelling there stands.
    case
        when dim_person.source = 'neo'
            then '["firstname", "lastname", "emailaddress1", "telephone1", "jobtitle", "governmentid"]'
    end as from_neo,
    case when dim_person.last_name is not null then dim_person.first_name end as firstname,
    coalesce(dim_person.last_name, dim_person.full_name) as lastname,
    dim_person.email as emailaddress1,
    dim_person.phone as telephone1,
    dim_person.position as jobtitle,
    dim_person.document_number as governmentid,
    dim_person.document_type as pc_documenttype,
    {{ option("pc_contactrole", "dim_person.role") }} as pc_role,
    dim_person.language as pc_language,
    dim_person.country as pc_country,
    dim_person.portal_contact_id as pc_portalid,
    dim_person.source as pc_source,
    'account:' || dim_person.customer_id as parentcustomerid_account
from dim_person
inner join belonging on dim_person.customer_id = belonging.customer_id
where
    dim_person.source <> 'rues'
    or dim_person.neo_contact_id is not null
    or dim_person.portal_contact_id is not null
