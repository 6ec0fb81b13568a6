"""The service document and the `$metadata` description (CSDL)."""

from xml.sax.saxutils import quoteattr

from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.records.convert import edm_type

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
    '<EntityType Name="crmbaseentity" Abstract="true" />'
)
_TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"


def service_document(context: Context) -> ApiResponse:
    """`GET {api}`: the names of all entity sets."""
    sets = sorted(table.set_name for table in context.catalog.tables.values())
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    url = f"{context.request.root}$metadata"
    return ApiResponse(200, payload={"@odata.context": url, "value": value})


def csdl(context: Context) -> ApiResponse:
    """`GET {api}$metadata`: types, properties and navigations as CSDL."""
    catalog = context.catalog
    types = "".join(_entity_type(catalog, table) for table in catalog.tables.values())
    sets = "".join(_entity_set(catalog, table) for table in catalog.tables.values())
    text = f'{_HEAD}{types}<EntityContainer Name="System">{sets}</EntityContainer>{_TAIL}'
    return ApiResponse(200, {"Content-Type": "application/xml"}, text=text.encode())


def _entity_type(catalog: Catalog, table: Table) -> str:
    lines = [
        f'<EntityType Name={quoteattr(table.logical)} BaseType="mscrm.crmbaseentity">',
        f"<Key><PropertyRef Name={quoteattr(table.primary_id)} /></Key>",
    ]
    for column in table.columns.values():
        lines.append(f"<Property Name={quoteattr(column.property_name)} Type={quoteattr(edm_type(column))} />")
    for name, single in catalog.singles_of(table.logical).items():
        target = catalog.tables[single.referenced]
        lines.append(
            f"<NavigationProperty Name={quoteattr(name)} Type={quoteattr('mscrm.' + target.logical)} "
            f'Nullable="false" Partner={quoteattr(single.collection_name)}>'
            f"<ReferentialConstraint Property={quoteattr(table.columns[single.attribute].property_name)} "
            f"ReferencedProperty={quoteattr(target.primary_id)} /></NavigationProperty>"
        )
    for name, one in catalog.collections_of(table.logical).items():
        child = f"Collection(mscrm.{one.referencing})"
        lines.append(
            f"<NavigationProperty Name={quoteattr(name)} Type={quoteattr(child)} "
            f"Partner={quoteattr(one.single_name)} />"
        )
    for name, many in catalog.manys_of(table.logical).items():
        other = many.second if table.logical == many.first else many.first
        lines.append(
            f"<NavigationProperty Name={quoteattr(name)} Type={quoteattr(f'Collection(mscrm.{other})')} "
            f"Partner={quoteattr(name)} />"
        )
    return "".join([*lines, "</EntityType>"])


def _entity_set(catalog: Catalog, table: Table) -> str:
    bindings = "".join(
        f"<NavigationPropertyBinding Path={quoteattr(name)} "
        f"Target={quoteattr(catalog.tables[single.referenced].set_name)} />"
        for name, single in catalog.singles_of(table.logical).items()
    )
    head = f"<EntitySet Name={quoteattr(table.set_name)} EntityType={quoteattr('mscrm.' + table.logical)}>"
    return f"{head}{bindings}</EntitySet>"
