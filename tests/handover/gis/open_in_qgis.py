"""Open a project in QGIS and print it; run by the system's Python, which has PyQGIS.

Arguments: the GeoPackage, the name of the project, a folder for pictures. Says what it found as
JSON on standard output.
"""

import json
import sys
from pathlib import Path

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsLayerTreeGroup,
    QgsLayoutExporter,
    QgsProject,
    QgsVectorLayer,
)


def about(layer):
    """Tell what QGIS took from the project."""
    told = {"title": layer.name(), "valid": layer.isValid(), "crs": layer.crs().authid()}
    told["legend"] = (
        len(layer.legendSymbologyItems()) if hasattr(layer, "legendSymbologyItems") else 0
    )
    if not isinstance(layer, QgsVectorLayer):
        return {**told, "renderer": layer.renderer().type()}
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    feature = next(layer.getFeatures(), None)
    tip = ""
    if feature is not None:
        context.setFeature(feature)
        tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    fields = layer.fields()
    maps = [
        fields[n].name()
        for n in range(len(fields))
        if layer.editorWidgetSetup(n).type() == "ValueMap"
    ]
    return {
        **told,
        "rows": layer.featureCount(),
        "renderer": layer.renderer().type(),
        "labels": layer.labelsEnabled(),
        "coded": maps,
        "tip": tip,
    }


def groups(node):
    """Tell the groups of the list of layers."""
    return [child.name() for child in node.children() if isinstance(child, QgsLayerTreeGroup)]


def printed(layout, folder):
    """Print a layout, or the second page of its atlas, and tell how many pages there are."""
    pages, atlas = 1, layout.atlas()
    if atlas.enabled():
        atlas.beginRender()
        pages = atlas.count()
        atlas.seekTo(1)
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 60
    path = folder / f"{'atlas' if atlas.enabled() else 'whole'}.png"
    path.unlink(missing_ok=True)
    state = QgsLayoutExporter(layout).exportToImage(str(path), settings)
    return {"name": layout.name(), "pages": pages, "state": int(state), "picture": str(path)}


def main(package, name, folder):
    """Open, look, print."""
    application = QgsApplication([], False)
    application.initQgis()
    project = QgsProject.instance()
    read = project.read(f"geopackage:{package}?projectName={name}")
    layouts = project.layoutManager().layouts()
    told = {
        "read": read,
        "title": project.title(),
        "crs": project.crs().authid(),
        "groups": groups(project.layerTreeRoot()),
        "layers": {layer.source(): about(layer) for layer in project.mapLayers().values()},
        "layouts": [printed(layout, Path(folder)) for layout in layouts],
    }
    print(json.dumps(told, ensure_ascii=False))
    project.clear()
    application.exitQgis()


main(*sys.argv[1:4])
