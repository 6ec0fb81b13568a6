-- Grain: one row per step of a customer's journey. Destination: pc_stage.
-- Owner: neo-hub. Personal data: low.
-- inputs: fct_stage, belonging
select
    {{ hub_key("fct_stage.stage_id") }} as row_key,
    left(fct_stage.what_es, 300) as pc_name,
    fct_stage.code as pc_code,
    fct_stage.occurred_at as pc_occurredat,
    fct_stage.actor as pc_actor,
    fct_stage.source as pc_source,
    fct_stage.detail_es as pc_detail,
    'account:' || fct_stage.customer_id as "pc_AccountId"
from fct_stage
inner join belonging on fct_stage.customer_id = belonging.customer_id
