"""Tell what QGIS reads of tables; run by the system's Python, which has PyQGIS.

Arguments: sources as QGIS's provider ``ogr`` takes them. Writes JSON, one object by source.
"""

import json
import sys

from qgis.core import NULL, QgsApplication, QgsVectorLayer  # type: ignore[import-not-found]


def plain(value):
    """Return a value as JSON has it."""
    return None if value is None or value == NULL else value


def about(source):
    """Tell everything of one table."""
    layer = QgsVectorLayer(source, "table", "ogr")
    if not layer.isValid():
        return {"valid": False}
    fields = layer.fields()
    names = [field.name() for field in fields]
    widgets = {name: layer.editorWidgetSetup(n).type() for n, name in enumerate(names)}
    rows = [
        {
            **{name: plain(feature[name]) for name in names},
            "located": feature.hasGeometry() and not feature.geometry().isEmpty(),
        }
        for feature in layer.getFeatures()
    ]
    return {
        "valid": True,
        "crs": layer.crs().authid(),
        "renderer": layer.renderer().type() if layer.renderer() else "",
        "labels": layer.labelsEnabled(),
        "coded": [name for name, kind in widgets.items() if kind == "ValueMap"],
        "types": {field.name(): field.typeName() for field in fields},
        "rows": rows,
    }


application = QgsApplication([], False)
application.initQgis()
print(json.dumps({source: about(source) for source in sys.argv[1:]}, default=str))
application.exitQgis()
