-- Grain: one row per opportunity of the portal. Destination: opportunity.
-- The exporter is its customer, the buyer a lookup of its own: both find it on their account.
-- Owner: neo-hub. Personal data: none.
-- inputs: stg_portal__opportunities, stg_portal__needs, stg_portal__offers, int_customer_xref
-- optional: stg_neo__transactioncurrency
with customers as (
    select
        int_customer_xref.source_key as company_id,
        int_customer_xref.hub_id as customer_id
    from int_customer_xref
    where int_customer_xref.source = 'portal'
),

currency as (
    {% if has("stg_neo__transactioncurrency") %}
        select min(stg_neo__transactioncurrency.transactioncurrencyid) as usd_id
        from stg_neo__transactioncurrency
        where stg_neo__transactioncurrency.isocurrencycode = 'USD'
    {% else %}
        select null as usd_id
    {% endif %}
),

titles as (
    select
        stg_portal__opportunities.opportunity_id,
        concat_ws(' – ', stg_portal__needs.title, stg_portal__offers.title) as title
    from stg_portal__opportunities
    left join stg_portal__needs on stg_portal__opportunities.need_id = stg_portal__needs.need_id
    left join stg_portal__offers on stg_portal__opportunities.offer_id = stg_portal__offers.offer_id
)

select
    {{ hub_key("stg_portal__opportunities.opportunity_id") }} as row_key,
    case when exporter.customer_id is null or buyer.customer_id is null then 'no_customer' end as hold_code,
    case
        when exporter.customer_id is null or buyer.customer_id is null
            then 'una de sus empresas todavía no está identificada como cliente'
    end as hold_es,
    left(coalesce(nullif(titles.title, ''), 'Oportunidad ' || stg_portal__opportunities.opportunity_id), 300) as name,
    -- An amount is written only with its currency: NEO would take it for the organisation's own otherwise.
    case when currency.usd_id is not null then stg_portal__opportunities.value_usd end as estimatedvalue,
    {{ option("pc_portalstage", "stg_portal__opportunities.stage") }} as pc_portalstage,
    stg_portal__opportunities.is_effective as pc_iseffective,
    stg_portal__opportunities.updated_at as pc_portalupdatedat,
    'account:' || exporter.customer_id as customerid_account,
    'account:' || buyer.customer_id as "pc_BuyerId",
    'pc_need:' || stg_portal__opportunities.need_id as "pc_NeedId",
    'pc_offer:' || stg_portal__opportunities.offer_id as "pc_OfferId",
    'transactioncurrency#' || currency.usd_id as transactioncurrencyid
from stg_portal__opportunities
cross join currency
left join titles on stg_portal__opportunities.opportunity_id = titles.opportunity_id
left join customers as exporter on stg_portal__opportunities.exporter_company_id = exporter.company_id
left join customers as buyer on stg_portal__opportunities.buyer_company_id = buyer.company_id
