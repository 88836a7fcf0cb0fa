"""Formats that are not read, by name, with what to save them as."""

from __future__ import annotations

__all__ = ["advice"]

_GIS_EN = "export the layer as GeoPackage, GeoJSON or Shapefile"
_GIS_ZH = "请将图层导出为 GeoPackage、GeoJSON 或 Shapefile"

_UNREAD = {
    "dwg": ("an AutoCAD drawing (DWG)", "AutoCAD 图形（DWG）", "save it as DXF in the CAD program", "请在 CAD 软件中另存为 DXF"),
    "dgn": ("a MicroStation drawing", "MicroStation 图形", "save it as DXF", "请另存为 DXF"),
    "mdb": ("an Access database (personal geodatabase)", "Access 数据库（个人地理数据库）", _GIS_EN, _GIS_ZH),
    "mxd": ("an ArcMap document, which holds no data", "ArcMap 工程（不含数据）", _GIS_EN, _GIS_ZH),
    "aprx": ("an ArcGIS Pro project, which holds no data", "ArcGIS Pro 工程（不含数据）", _GIS_EN, _GIS_ZH),
    "qgs": ("a QGIS project, which holds no data", "QGIS 工程（不含数据）", _GIS_EN, _GIS_ZH),
    "qgz": ("a QGIS project, which holds no data", "QGIS 工程（不含数据）", _GIS_EN, _GIS_ZH),
    "lyr": ("an ArcGIS layer file, which holds no data", "ArcGIS 图层文件（不含数据）", _GIS_EN, _GIS_ZH),
    "lyrx": ("an ArcGIS layer file, which holds no data", "ArcGIS 图层文件（不含数据）", _GIS_EN, _GIS_ZH),
    "lpk": ("an ArcGIS layer package", "ArcGIS 图层包", _GIS_EN, _GIS_ZH),
    "e00": ("an ArcInfo exchange file", "ArcInfo 交换文件（E00）", _GIS_EN, _GIS_ZH),
    "topojson": ("TopoJSON", "TopoJSON", "save it as GeoJSON", "请另存为 GeoJSON"),
    "ovobj": ("an Ovital map file", "奥维对象文件", "export it as KML in Ovital", "请在奥维中导出为 KML"),
    "ovkml": ("an Ovital map file", "奥维对象文件", "export it as KML in Ovital", "请在奥维中导出为 KML"),
    "udb": ("a SuperMap data source", "SuperMap 数据源（UDB）", _GIS_EN, _GIS_ZH),
    "udbx": ("a SuperMap data source", "SuperMap 数据源（UDBX）", _GIS_EN, _GIS_ZH),
    "wp": ("a MapGIS polygon file", "MapGIS 面文件（WP）", _GIS_EN, _GIS_ZH),
    "wl": ("a MapGIS line file", "MapGIS 线文件（WL）", _GIS_EN, _GIS_ZH),
    "vct": ("a national exchange file (VCT)", "国家空间数据交换格式（VCT）", _GIS_EN, _GIS_ZH),
    "dat": ("one part of a MapInfo table", "MapInfo 表的一部分", "name the .tab file", "请指定 .tab 文件"),
    "mid": ("one part of a MapInfo exchange file", "MapInfo 交换文件的一部分", "name the .mif file", "请指定 .mif 文件"),
    "dbf": ("the attribute table of a Shapefile", "Shapefile 的属性表", "name the .shp file", "请指定 .shp 文件"),
    "shx": ("the index of a Shapefile", "Shapefile 的索引", "name the .shp file", "请指定 .shp 文件"),
    "sdb": ("a SuperMap data source", "SuperMap 数据源（SDB）", _GIS_EN, _GIS_ZH),
    "udd": ("one part of a SuperMap data source", "SuperMap 数据源的一部分（UDD）", _GIS_EN, _GIS_ZH),
    "smw": ("a SuperMap workspace, which holds no data", "SuperMap 工作空间（不含数据）", _GIS_EN, _GIS_ZH),
    "smwu": ("a SuperMap workspace, which holds no data", "SuperMap 工作空间（不含数据）", _GIS_EN, _GIS_ZH),
    "sxw": ("a SuperMap workspace, which holds no data", "SuperMap 工作空间（不含数据）", _GIS_EN, _GIS_ZH),
    "sxwu": ("a SuperMap workspace, which holds no data", "SuperMap 工作空间（不含数据）", _GIS_EN, _GIS_ZH),
    "wt": ("a MapGIS point file", "MapGIS 点文件（WT）", _GIS_EN, _GIS_ZH),
    "mpj": ("a MapGIS project, which holds no data", "MapGIS 工程（不含数据）", _GIS_EN, _GIS_ZH),
    "hdf": ("a MapGIS database", "MapGIS 数据库（HDF）", _GIS_EN, _GIS_ZH),
    "mpk": ("an ArcGIS map package", "ArcGIS 地图包", _GIS_EN, _GIS_ZH),
    "sbn": ("the index of a Shapefile", "Shapefile 的索引", "name the .shp file", "请指定 .shp 文件"),
    "prj": ("the coordinate system of a Shapefile", "Shapefile 的坐标系文件", "name the .shp file", "请指定 .shp 文件"),
    "map": ("one part of a MapInfo table", "MapInfo 表的一部分", "name the .tab file", "请指定 .tab 文件"),
    "accdb": ("an Access database", "Access 数据库", "export the table as .xlsx", "请将表导出为 .xlsx"),
    "fods": ("a flat OpenDocument spreadsheet", "单文件 OpenDocument 表格（FODS）", "save it as .xlsx or .ods", "请另存为 .xlsx 或 .ods"),
    "uos": ("a UOF spreadsheet", "标文通电子表格（UOS）", "save it as .xlsx", "请另存为 .xlsx"),
    "ett": ("a template of WPS", "WPS 表格模板", "save it as .xlsx", "请另存为 .xlsx"),
    "xlt": ("a template of Excel", "Excel 模板", "save it as .xlsx", "请另存为 .xlsx"),
    "xltx": ("a template of Excel", "Excel 模板", "save it as .xlsx", "请另存为 .xlsx"),
    "numbers": ("a Numbers spreadsheet", "Numbers 表格", "export it as .xlsx", "请导出为 .xlsx"),
    "doc": ("a Word document", "Word 文档", "copy its table into a spreadsheet and save it as .xlsx", "请将其中的表格复制到 Excel 并另存为 .xlsx"),
    "docx": ("a Word document", "Word 文档", "copy its table into a spreadsheet and save it as .xlsx", "请将其中的表格复制到 Excel 并另存为 .xlsx"),
    "wps": ("a document of WPS", "WPS 文字文档", "copy its table into a spreadsheet and save it as .xlsx", "请将其中的表格复制到 Excel 并另存为 .xlsx"),
    "pdf": ("a PDF", "PDF 文件", "ask for the spreadsheet it was printed from", "请向提供方索取电子表格原件"),
    "ofd": ("an OFD document", "OFD 版式文件", "ask for the spreadsheet it was printed from", "请向提供方索取电子表格原件"),
    "jpg": ("a picture", "图片", "ask for the spreadsheet or the layer itself", "请索取电子表格或图层原件"),
    "png": ("a picture", "图片", "ask for the spreadsheet or the layer itself", "请索取电子表格或图层原件"),
    "tif": ("a raster image", "栅格影像", "ask for the areas as a layer", "请索取矢量图层"),
    "tiff": ("a raster image", "栅格影像", "ask for the areas as a layer", "请索取矢量图层"),
    "vrt": ("a virtual data source that reads other files", "指向其他文件的虚拟数据源", "name the data itself", "请指定数据文件本身"),
    "gpx": ("a GPS track", "GPS 轨迹（GPX）", _GIS_EN, _GIS_ZH),
    "rar": ("a rar archive", "rar 压缩包", "unpack it, or pack it as zip", "请解压，或改用 zip 压缩"),
    "7z": ("a 7z archive", "7z 压缩包", "unpack it, or pack it as zip", "请解压，或改用 zip 压缩"),
}  # fmt: skip
"""Extension → what it is, and what to do, in English and Chinese."""


def advice(name: str, extension: str) -> tuple[str, str] | None:
    """Return why a format is not read and what to do, in English and Chinese; ``None`` where it is not known.

    Examples
    --------
    >>> advice("甲.dwg", "dwg")[0]
    '甲.dwg is an AutoCAD drawing (DWG), which is not read; save it as DXF in the CAD program.'
    """
    known = _UNREAD.get(extension)
    if known is None:
        return None
    what_en, what_zh, do_en, do_zh = known
    return (
        f"{name} is {what_en}, which is not read; {do_en}.",
        f"{name} 是{' ' if what_zh[0].isascii() else ''}{what_zh}，不予读取；{do_zh}。",
    )
