-- Grain: one row per need on the portal. Destination: pc_need.
-- Owner: neo-hub. Personal data: none.
-- inputs: stg_portal__needs, int_customer_xref
select
    stg_portal__needs.need_id as row_key,
    case when int_customer_xref.hub_id is null then 'no_customer' end as hold_code,
    case
        when int_customer_xref.hub_id is null then 'su empresa todavía no está identificada como cliente'
    end as hold_es,
    left(stg_portal__needs.title, 200) as pc_name,
    {{ option("pc_productkind", "stg_portal__needs.kind") }} as pc_kind,
    stg_portal__needs.description as pc_description,
    array_to_string(stg_portal__needs.hs_codes, ', ') as pc_hscodes,
    stg_portal__needs.codes_confirmed as pc_codesconfirmed,
    stg_portal__needs.market as pc_market,
    stg_portal__needs.volume_value as pc_volume,
    stg_portal__needs.volume_unit as pc_volumeunit,
    stg_portal__needs.volume_period as pc_volumeperiod,
    stg_portal__needs.min_volume as pc_minvolume,
    stg_portal__needs.target_price_usd as pc_targetpriceusd,
    stg_portal__needs.price_unit as pc_priceunit,
    stg_portal__needs.incoterm as pc_incoterm,
    stg_portal__needs.latest_on as pc_lateston,
    array_to_string(stg_portal__needs.certificates_required, ', ') as pc_certificatesrequired,
    array_to_string(stg_portal__needs.wishes, chr(10)) as pc_wishes,
    array_to_string(stg_portal__needs.languages, ', ') as pc_languages,
    stg_portal__needs.interpreter_ok as pc_interpreterok,
    stg_portal__needs.value_usd_year as pc_valueusdyear,
    {{ option("pc_origin", "stg_portal__needs.origin") }} as pc_origin,
    {{ option("pc_needstatus", "stg_portal__needs.status") }} as pc_status,
    stg_portal__needs.created_at as pc_openedat,
    stg_portal__needs.updated_at as pc_portalupdatedat,
    0 as statecode,
    'account:' || int_customer_xref.hub_id as "pc_AccountId"
from stg_portal__needs
left join int_customer_xref
    on
        stg_portal__needs.company_id = int_customer_xref.source_key
        and int_customer_xref.source = 'portal'
