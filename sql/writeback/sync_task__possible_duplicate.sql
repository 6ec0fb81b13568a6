-- Grain: one row per account that may be somebody's duplicate: a pair between the bands, or one customer found in
-- several accounts. Destination: task, for the owner of the account.
-- Owner: neo-hub. Personal data: names of companies.
-- inputs: int_review_pair, dim_customer, stg_neo__account, stg_neo__systemuser
with review as (
    select
        'DUP-' || int_review_pair.pair_id as task_key,
        case when int_review_pair.left_source = 'neo' then int_review_pair.left_key else int_review_pair.right_key end
            as accountid,
        'Posible duplicado: revisar' as subject,
        concat_ws(
            chr(10),
            'Este registro puede ser la misma empresa que otro. Mientras no se decida, el hub no crea la cuenta.',
            int_review_pair.evidence_es,
            'Registros: ' || int_review_pair.left_source || ' ' || int_review_pair.left_key
            || ' y ' || int_review_pair.right_source || ' ' || int_review_pair.right_key,
            'Si es la misma, fusione o complete el NIT; si no lo es, dígalo al equipo de datos.'
        ) as description
    from int_review_pair
    where int_review_pair.left_source = 'neo' or int_review_pair.right_source = 'neo'
),

several as (
    select
        'MERGE-' || dim_customer.customer_id as task_key,
        dim_customer.neo_account_id as accountid,
        'Cuentas repetidas: fusionar' as subject,
        concat_ws(
            chr(10),
            'Estas cuentas de NEO son la misma empresa. Revise y fusiónelas en una sola.',
            'Cuenta principal: ' || coalesce(dim_customer.legal_name, dim_customer.trade_name),
            'Repetidas: ' || array_to_string(dim_customer.neo_duplicate_ids, ', ')
        ) as description
    from dim_customer
    where
        len(dim_customer.neo_duplicate_ids) > 0
        and dim_customer.neo_account_id is not null
),

tasks as (
    select
        review.task_key,
        review.accountid,
        review.subject,
        review.description
    from review
    union all
    select
        several.task_key,
        several.accountid,
        several.subject,
        several.description
    from several
)

select
    {{ hub_key("tasks.task_key") }} as row_key,
    tasks.subject,
    tasks.description,
    1 as prioritycode,
    'Calidad de datos' as category,
    'account#' || stg_neo__account.accountid as regardingobjectid_account_task,
    'systemuser#' || stg_neo__systemuser.systemuserid as ownerid
from tasks
inner join stg_neo__account on tasks.accountid = stg_neo__account.accountid
left join stg_neo__systemuser
    on
        stg_neo__account._ownerid_value = stg_neo__systemuser.systemuserid
        and not coalesce(stg_neo__systemuser.isdisabled, false)
