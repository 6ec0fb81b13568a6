-- Grain: one row per case. Destination: pc_sarlaftcase, which only the compliance role may read.
-- Owner: neo-hub. Personal data: high (names and list evidence).
-- inputs: fct_sarlaft_case
select
    {{ hub_key("fct_sarlaft_case.case_id") }} as row_key,
    left(fct_sarlaft_case.list_code || ' – ' || fct_sarlaft_case.subject_name, 200) as pc_name,
    {{ option("pc_subjectkind", "fct_sarlaft_case.subject_kind") }} as pc_subjectkind,
    left(fct_sarlaft_case.subject_name, 300) as pc_subjectname,
    left(fct_sarlaft_case.matched_name, 400) as pc_matchedname,
    fct_sarlaft_case.list_code as pc_listcode,
    fct_sarlaft_case.list_version as pc_listversion,
    fct_sarlaft_case.list_entry_id as pc_listentryid,
    fct_sarlaft_case.is_binding as pc_isbinding,
    {{ option("pc_matchlevel", "fct_sarlaft_case.match_level") }} as pc_matchlevel,
    fct_sarlaft_case.score as pc_score,
    fct_sarlaft_case.why_es as pc_why,
    {{ option("pc_casestate", "fct_sarlaft_case.state") }} as pc_state,
    fct_sarlaft_case.opened_at as pc_openedat,
    fct_sarlaft_case.due_at as pc_dueat,
    'account:' || fct_sarlaft_case.customer_id as "pc_AccountId"
from fct_sarlaft_case
