-- Grain: one row per match an advisor should see. Destination: pc_match.
-- Shown are the eligible and the waiting ones, the best few discarded of each need with their reason, and whatever is
-- in NEO already, so that nobody keeps acting on a match that no longer holds.
-- Owner: neo-hub. Personal data: none.
-- inputs: fct_match, stg_portal__offers, stg_portal__needs, stg_neo__pc_match
with ranked as (
    select
        fct_match.*,
        row_number() over (
            partition by fct_match.need_id, fct_match.state
            order by fct_match.score desc nulls last, fct_match.match_id asc
        ) as place_in_state
    from fct_match
),

shown as (
    select ranked.*
    from ranked
    left join stg_neo__pc_match on ranked.match_id = stg_neo__pc_match.pc_hubid
    where
        ranked.state in ('eligible', 'waiting')
        or ranked.place_in_state <= {{ discarded_per_need }}
        or stg_neo__pc_match.pc_hubid is not null
)

select
    shown.match_id as row_key,
    left(
        coalesce(stg_portal__needs.title, shown.need_id) || ' – ' || coalesce(stg_portal__offers.title, shown.offer_id),
        300
    ) as pc_name,
    {{ option("pc_matchstate", "shown.state") }} as pc_state,
    {{ option("pc_matchband", "shown.band") }} as pc_band,
    shown.score as pc_score,
    shown.score_low as pc_scorelow,
    shown.score_high as pc_scorehigh,
    shown.confidence as pc_confidence,
    shown.rank as pc_rank,
    shown.heading as pc_heading,
    shown.market as pc_market,
    shown.reasons_es as pc_reasons,
    array_to_string(shown.missing, chr(10)) as pc_missing,
    0 as statecode,
    'pc_need:' || shown.need_id as "pc_NeedId",
    'pc_offer:' || shown.offer_id as "pc_OfferId",
    'account:' || shown.offer_customer_id as "pc_SupplierId",
    'account:' || shown.need_customer_id as "pc_BuyerId"
from shown
left join stg_portal__needs on shown.need_id = stg_portal__needs.need_id
left join stg_portal__offers on shown.offer_id = stg_portal__offers.offer_id
