-- What became of the rows that arrived, against the version before.
-- Grain: one row. Personal data: none comes out.
-- Relations: present, merged (the next version), arrived, gone. Parameters: columns, key (lists of names).
{% set keys = key | map('name') | join(', ') %}
with touched as (
    select distinct {{ keys }}
    from arrived
),

pairs as (
    select
        present.{{ key[0] | name }} is null as is_created,
        (
            {% for column in columns %}
                merged.{{ column | name }} is not distinct from present.{{ column | name }}
                {% if not loop.last %}and{% endif %}
            {% endfor %}
        ) as is_same
    from merged
    semi join touched using ({{ keys }})
    left join present using ({{ keys }})
),

removed as (
    select distinct gone.record_key
    from gone
    inner join present on gone.record_key = concat_ws('|', {{ keys }})
    anti join merged using ({{ keys }})
)

select
    count(*) filter (is_created) as created,
    count(*) filter (not is_created and not is_same) as changed,
    (select count(*) from removed) as removed
from pairs
