-- Grain: one row per customer with an onboarding state. Destination: account.
-- Neutral by law: the state and since when, never a list, a score or a reason.
-- Owner: neo-hub. Personal data: none.
-- mode: update
-- inputs: dim_sarlaft_state
select
    dim_sarlaft_state.customer_id as row_key,
    {{ option("pc_sarlaftstate", "dim_sarlaft_state.state") }} as pc_sarlaftstate,
    dim_sarlaft_state.since_at as pc_sarlaftsince
from dim_sarlaft_state
