"""Word documents as offices really save them: every line and cell below was read off the document by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from kg import build, iris, readers
from kg.library import store
from kg.model import Document, Paragraph, ReadError, Table
from qa.screen import show

NAME = "某县水利局-2024年度部门决算"


def read(word: Word | bytes, suffix: str = ".docx") -> Document:
    return readers.read(Path(NAME + suffix), word if isinstance(word, bytes) else saved(word))


def saved(word: Word) -> bytes:
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def texts(document: Document) -> list[list[tuple[str, ...]]]:
    return [[tuple(cell.text for cell in row) for row in block.rows] for block in document.blocks if isinstance(block, Table)]


def table(word: Word, *rows: tuple[str, ...]) -> docx.table.Table:
    made = word.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            made.cell(r, c).text = text
    return made


def raw(word: Word, xml: str) -> None:
    """A paragraph or table as Word writes it, put at the end."""
    declared = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    wps = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    word.element.body.insert(-1, parse_xml(xml.replace(">", f" {nsdecls('w')} {declared} {wps}>", 1)))


def test_headers_footers_and_contents_are_no_text() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "某县水利局文件"
    word.sections[0].footer.paragraphs[0].text = "- 1 -"
    word.add_heading("2024年度某县水利局部门决算", 0)
    word.add_heading("一、部门职责", 1)
    word.add_paragraph("负责全县水利工作。")
    document = read(word)
    assert prose(document) == ["2024年度某县水利局部门决算", "一、部门职责", "负责全县水利工作。"]
    assert document.blocks[2].section == ("2024年度某县水利局部门决算", "一、部门职责")


def test_changes_are_read_as_accepted_and_told() -> None:
    word = docx.Document()
    raw(
        word,
        "<w:p><w:r><w:t>支出决算为</w:t></w:r><w:del w:id='1'><w:r><w:delText>9.00</w:delText></w:r></w:del>"
        "<w:ins w:id='2'><w:r><w:t>1.50</w:t></w:r></w:ins><w:r><w:t>万元。</w:t></w:r></w:p>",
    )
    deleted = "<w:p><w:del w:id='4'><w:r><w:delText>9</w:delText></w:r></w:del></w:p>"
    inserted = "<w:p><w:ins w:id='6'><w:r><w:t>办公费</w:t></w:r></w:ins></w:p>"
    plain = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    raw(
        word,
        f"<w:tbl><w:tr><w:tc>{plain.format('科目')}</w:tc><w:tc>{plain.format('决算数')}</w:tc></w:tr>"
        f"<w:tr><w:trPr><w:del w:id='3'/></w:trPr><w:tc>{deleted}</w:tc><w:tc>{deleted}</w:tc></w:tr>"
        f"<w:tr><w:trPr><w:ins w:id='5'/></w:trPr><w:tc>{inserted}</w:tc><w:tc>{plain.format('1.50')}</w:tc></w:tr></w:tbl>",
    )
    document = read(word)
    assert prose(document) == ["支出决算为1.50万元。"]
    assert texts(document) == [[("科目", "决算数"), ("办公费", "1.50")]]
    assert document.notes[0].endswith("处未接受的修订：按改后的文字读，删去的未读。")


def test_fields_text_boxes_hidden_text() -> None:
    """A field shows its result, not its code; a text box is read once though Word saves it twice; hidden text is not read."""
    word = docx.Document()
    raw(
        word,
        "<w:p><w:r><w:t>截至</w:t></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DATE 2019</w:instrText></w:r><w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>2024年12月31日</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>（待核）</w:t></w:r><w:r><w:t>，共有车辆3辆。</w:t></w:r></w:p>",
    )
    box = "<w:txbxContent><w:p><w:r><w:t>公开03表</w:t></w:r></w:p></w:txbxContent>"
    raw(
        word,
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>支出决算表</w:t></w:r></w:p>",
    )
    assert prose(read(word)) == ["截至2024年12月31日，共有车辆3辆。", "支出决算表", "公开03表"]


def test_merged_and_nested_tables() -> None:
    word = docx.Document()
    made = table(word, ("项目", "", "决算数"), ("编码", "名称", ""), ("30201", "办公费", "1.50"), ("30215", "会议费", "2.50"))
    made.cell(0, 0).merge(made.cell(0, 1))
    made.cell(0, 2).merge(made.cell(1, 2))
    inner = made.cell(3, 1).add_table(2, 2)
    for r, row in enumerate((("其中", "金额"), ("租场地", "1.00"))):
        for c, text in enumerate(row):
            inner.cell(r, c).text = text
    document = read(word)
    assert texts(document) == [
        [("项目", "", "决算数"), ("编码", "名称", ""), ("30201", "办公费", "1.50"), ("30215", "会议费", "2.50")],
        [("其中", "金额"), ("租场地", "1.00")],
    ]
    first = document.blocks[0]
    assert isinstance(first, Table)
    assert [(cell.colspan, cell.rowspan) for cell in first.rows[0]] == [(2, 1), (1, 1), (1, 2)]


def test_a_table_cut_in_two_at_a_page_break() -> None:
    """The header once more, or none: one table either way. After 合计 the next is a table of its own."""
    word = docx.Document()
    table(word, ("科目", "决算数"), ("办公费", "1.00"))
    word.add_page_break()
    table(word, ("科目", "决算数"), ("差旅费", "2.00"))
    word.add_paragraph("")
    table(word, ("会议费", "3.00"), ("合计", "6.00"))
    word.add_paragraph("")
    table(word, ("科目", "决算数"), ("培训费", "4.00"))
    document = read(word)
    assert texts(document) == [
        [("科目", "决算数"), ("办公费", "1.00"), ("差旅费", "2.00"), ("会议费", "3.00"), ("合计", "6.00")],
        [("科目", "决算数"), ("培训费", "4.00")],
    ]
    places = [iris.local(row[1].address) for block in document.blocks if isinstance(block, Table) for row in block.rows]
    assert places == [f"{NAME}-t{place}c2" for place in ("1r1", "1r2", "2r2", "3r1", "3r2", "4r1", "4r2")]


def test_a_title_is_no_end_of_the_sentence_before() -> None:
    word = docx.Document()
    word.add_paragraph("说明：我单位没有政府性基金收入，也没有使用政府性基金安排的支出，故本表无数据。（当表格数据为空时，应有此说明）")
    word.add_paragraph("国有资本经营预算财政拨款支出决算表")
    table(word, ("科目", "决算数"), ("合计", "0.00"))
    (made,) = (block for block in read(word).blocks if isinstance(block, Table))
    assert made.captions == ("国有资本经营预算财政拨款支出决算表",)


def test_what_lies_in_pictures_is_told() -> None:
    word = docx.Document()
    word.add_paragraph("支出决算表如下：")
    raw(word, "<w:p><w:r><w:pict><v:imagedata/></w:pict></w:r></w:p>")
    assert read(word).notes == ("文档里有 1 张图片，图片里的文字和表格未读。",)


def test_with_macros() -> None:
    word = docx.Document()
    word.add_paragraph("负责全县水利工作。")
    assert prose(read(word, ".docm")) == ["负责全县水利工作。"]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_encrypted(suffix: str) -> None:
    """Office keeps an encrypted document in the container of the old formats."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    with pytest.raises(ReadError, match="内容却是加密的 Office 文件。请用 WPS 或 Office 打开，去掉密码"):
        read(data, suffix)


@pytest.mark.parametrize(
    ("suffix", "advice"),
    [
        (".doc", "请用 WPS 或 Word 打开，另存为 .docx"),
        (".wps", "请用 WPS 打开，另存为 .docx"),
        (".rtf", "另存为 .docx"),
        (".ofd", "导出为 .pdf"),
        (".et", "另存为 .xlsx"),
    ],
)
def test_older_formats(suffix: str, advice: str, tmp_path: Path) -> None:
    path = tmp_path / f"决算{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(ReadError, match=advice):
        readers.read(path)


def test_a_document_without_its_text() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != "word/document.xml":
                new.writestr(name, old.read(name))
    with pytest.raises(ReadError, match=r"缺少正文"):
        read(out.getvalue())


def test_sentences_in_cells_have_their_place() -> None:
    """A figure in the goal of an evaluation table: address and quote in the cell's own text."""
    word = docx.Document()
    word.add_heading("2024年度某县水利局部门整体支出绩效自评表", 0)
    table(
        word,
        ("部门名称", "某县水利局", "", "", ""),
        ("年度总体目标", "预期目标", "", "实际完成情况", ""),
        ("", "完成河道治理12公里，保证供水安全。", "", "全年完成河道治理 15公里，供水保证率98.5%。", ""),
        ("一级指标", "三级指标", "年度指标值", "实际完成值", "分值"),
        ("产出指标", "河道治理长度", "≥12公里", "15公里", "10"),
    )
    reading = build.read(Path(NAME + ".docx"), saved(word))
    (rate,) = (fact for fact in reading.facts if fact.quote == "98.5%")
    assert (str(rate.value), iris.local(rate.address)) == ("98.5", f"{NAME}-t1r3c4o19e24")
    cell = next(c.text for b in reading.document.blocks if isinstance(b, Table) for c in b.rows[2] if c.address.column == 4)
    assert cell[19:24] == "98.5%"


def test_show_opens_a_cell_and_a_paragraph(tmp_path: Path) -> None:
    """A citation id leads to the cell with its surroundings, or to the paragraph; both say where they are."""
    word = docx.Document()
    word.add_heading("2024年度某县水利局部门决算", 0)
    word.add_paragraph("支出决算表")
    word.add_paragraph("单位：万元")
    table(word, ("项目", "本年支出合计"), ("合计", "1,500.50"), ("农林水支出", "1,500.50"))
    word.add_paragraph("2024年度本年支出合计1,500.50万元。")
    path = tmp_path / f"{NAME}.docx"
    path.write_bytes(saved(word))
    build.build([path], tmp_path / "library")
    reader = store.open_library(tmp_path / "library")
    cell = show.show(reader, f"{NAME}-t1r3c2")
    assert cell[0] == f"{NAME}.docx · 第1个表格第3行第2列 · 支出决算表"
    assert [line for line in cell if line.startswith("▸")] == ["▸ 3 │ 农林水支出 │ 【1,500.50】"]
    told = show.show(reader, f"{NAME}-L7o12e20")
    assert told[0] == f"{NAME}.docx · 第 7 段"
    assert any("本年支出合计【1,500.50】万元" in line for line in told)
