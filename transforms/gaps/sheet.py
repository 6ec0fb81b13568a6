"""The model of `rules/gaps.yml`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from include.core.sheets import Sheet


class Cost(BaseModel):
    """What a requirement costs one exporter, and how long it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fee_usd: float = Field(ge=0)
    months: float = Field(gt=0)


class PlanRules(BaseModel):
    """Limits and costs of the unlock plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_steps: int = Field(ge=1)
    budget_usd: float = Field(gt=0)
    max_exporters: int = Field(ge=1)
    default: Cost
    month_usd: float = Field(ge=0)
    costs: dict[str, Cost]

    def cost_of(self, code: str, exporters: int) -> float:
        """Return the cost of bringing `exporters` firms (at least one, at most the limit) to a requirement."""
        cost = self.costs.get(code, self.default)
        return cost.fee_usd * max(1, min(exporters, self.max_exporters)) + cost.months * self.month_usd


class GapsSheet(Sheet):
    """The whole sheet."""

    covered_from: int = Field(ge=1)
    period: Literal["year", "quarter"]
    min_buyers: int = Field(ge=1)
    potential: dict[str, dict[str, float]]
    plan: PlanRules
