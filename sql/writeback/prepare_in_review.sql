-- Grain: one row per customer one of whose records may be the same as another customer's, not decided yet.
-- Owner: neo-hub. Personal data: none.
-- inputs: int_customer_xref, int_review_pair
with sides as (
    select
        int_review_pair.left_source as source,
        int_review_pair.left_key as source_key
    from int_review_pair
    union all
    select
        int_review_pair.right_source as source,
        int_review_pair.right_key as source_key
    from int_review_pair
)

select distinct int_customer_xref.hub_id as customer_id
from sides
inner join int_customer_xref
    on
        sides.source = int_customer_xref.source
        and sides.source_key = int_customer_xref.source_key
