-- Grain: one row per offer on the portal. Destination: pc_offer.
-- Owner: neo-hub. Personal data: none.
-- inputs: stg_portal__offers, int_customer_xref
select
    stg_portal__offers.offer_id as row_key,
    case when int_customer_xref.hub_id is null then 'no_customer' end as hold_code,
    case
        when int_customer_xref.hub_id is null then 'su empresa todavía no está identificada como cliente'
    end as hold_es,
    left(stg_portal__offers.title, 200) as pc_name,
    {{ option("pc_productkind", "stg_portal__offers.kind") }} as pc_kind,
    stg_portal__offers.description as pc_description,
    array_to_string(stg_portal__offers.hs_codes, ', ') as pc_hscodes,
    stg_portal__offers.codes_confirmed as pc_codesconfirmed,
    stg_portal__offers.capacity_value as pc_capacity,
    stg_portal__offers.capacity_unit as pc_capacityunit,
    stg_portal__offers.capacity_period as pc_capacityperiod,
    stg_portal__offers.price_usd as pc_priceusd,
    stg_portal__offers.price_unit as pc_priceunit,
    array_to_string(stg_portal__offers.incoterms, ', ') as pc_incoterms,
    stg_portal__offers.lead_time_days as pc_leadtimedays,
    stg_portal__offers.min_order as pc_minorder,
    array_to_string(stg_portal__offers.excluded_markets, ', ') as pc_excludedmarkets,
    {{ option("pc_offerstatus", "stg_portal__offers.status") }} as pc_status,
    stg_portal__offers.updated_at as pc_portalupdatedat,
    0 as statecode,
    'account:' || int_customer_xref.hub_id as "pc_AccountId"
from stg_portal__offers
left join int_customer_xref
    on
        stg_portal__offers.company_id = int_customer_xref.source_key
        and int_customer_xref.source = 'portal'
