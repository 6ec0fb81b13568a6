-- Grain: one row per advisor of the directory who is an enabled user of NEO.
-- Owner: neo-hub. Personal data: none.
-- inputs: stg_neo__systemuser
select
    lower(stg_neo__systemuser.azureactivedirectoryobjectid) as advisor_id,
    min(stg_neo__systemuser.systemuserid) as systemuserid
from stg_neo__systemuser
where
    stg_neo__systemuser.azureactivedirectoryobjectid is not null
    and not coalesce(stg_neo__systemuser.isdisabled, false)
group by lower(stg_neo__systemuser.azureactivedirectoryobjectid)
