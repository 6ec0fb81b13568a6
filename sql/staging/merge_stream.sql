-- The next version of a staged stream: what arrived last per key, and what was there and was not touched.
-- Grain: one row per key. Personal data: passes whatever the stream holds.
-- Relations: present (the current version), arrived (accepted rows, seq = order of arrival),
--            gone (record_key, seq), held (record_key of refused rows).
-- Parameters: columns, key (lists of names), is_full (the source gave everything).
{% set names = columns | map('name') | join(', ') %}
{% set keys = key | map('name') | join(', ') %}
with arrived_once as (
    select
        {{ names }},
        seq,
        concat_ws('|', {{ keys }}) as record_key
    from arrived
    qualify row_number() over (partition by {{ keys }} order by seq desc) = 1
),

newest as (
    select {{ names }}
    from arrived_once
    where not exists (
        select 1
        from gone
        where gone.record_key = arrived_once.record_key and gone.seq > arrived_once.seq
    )
),

untouched as (
    select {{ names }}
    from present
    anti join arrived_once using ({{ keys }})
    where
        concat_ws('|', {{ keys }}) not in (select gone.record_key from gone)
        {% if is_full %}
            and concat_ws('|', {{ keys }}) in (select held.record_key from held)
        {% endif %}
)

select {{ names }}
from newest
union all
select {{ names }}
from untouched
