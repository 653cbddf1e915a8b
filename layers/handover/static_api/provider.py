"""Answer pygeoapi's questions about a layer: box, time, values, filters, order, systems.

pygeoapi's own provider of GeoJSON counts places without a site as within every box, knows no time
and no filter, and offers to change the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pygeoapi.provider.base import (
    BaseProvider,
    ProviderInvalidQueryError,
    ProviderItemNotFoundError,
)
from pygeoapi.util import crs_transform
from pygeofilter.backends.geopandas.evaluate import to_filter

from layers.handover.static_api.rows import (
    TIME,
    Mask,
    held,
    in_box,
    in_time,
    ordered,
    with_text,
    with_values,
)


class LayerProvider(BaseProvider):
    """A layer that was written as GeoJSON.

    Parameters
    ----------
    provider_def
        What the configuration says: ``data`` is the file, ``options.fields`` what each column
        holds, as JSON Schema has it.
    """

    def __init__(self, provider_def: Mapping[str, Any]) -> None:
        super().__init__(provider_def)
        self._fields = dict(self.options["fields"])
        self.time_field = TIME if TIME in self._fields else None
        self.query, self.get = crs_transform(self._query), crs_transform(self._get)

    def get_fields(self) -> dict[str, dict[str, Any]]:
        """Return what each column holds."""
        return self._fields

    def _query(self, **asked: Any) -> dict[str, Any]:
        """Return the features that are asked for, a page of them."""
        layer = held(self.data)
        rows = layer.frame[self._mask(asked)]
        keys = [(each["property"], each["order"] == "+") for each in asked.get("sortby") or ()]
        order = ordered(rows, keys)
        offset, limit = asked.get("offset", 0), asked.get("limit", 10)
        page = [] if asked.get("resulttype") == "hits" else order[offset : offset + limit]
        return {
            "type": "FeatureCollection",
            "features": [self._feature(layer.features[at], asked) for at in page],
            "numberMatched": len(order),
            "numberReturned": len(page),
        }

    def _mask(self, asked: Mapping[str, Any]) -> Mask:
        frame = held(self.data).frame
        try:
            found = (
                in_box(frame, asked.get("bbox") or ())
                & in_time(frame, asked.get("datetime_"))
                & with_values(frame, asked.get("properties") or ())
                & with_text(frame, asked.get("q"))
            )
            if (wanted := asked.get("filterq")) is not None:
                kept = pd.Series(to_filter(frame, wanted), index=frame.index, dtype="boolean")
                found = found & kept.fillna(False).to_numpy(dtype=bool)
        except Exception as error:  # the library raises what it meets: a column, a type, a function
            why = "the query asks for what is not there"
            raise ProviderInvalidQueryError(user_msg=why) from error
        return found

    def _feature(self, feature: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        kept = asked.get("select_properties") or list(feature["properties"])
        values = {name: value for name, value in feature["properties"].items() if name in kept}
        shape = None if asked.get("skip_geometry") else feature["geometry"]
        return {**feature, "properties": values, "geometry": shape}

    def _get(self, identifier: str, **asked: Any) -> dict[str, Any]:
        """Return a feature by its id; what else is asked is the system, which others see to."""
        del asked
        for feature in held(self.data).features:
            if str(feature["id"]) == identifier:
                return self._feature(feature, {})
        raise ProviderItemNotFoundError(user_msg=f"item {identifier} not found")
