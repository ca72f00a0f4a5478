package office_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"stowage/gui/viewer/office"
)

// shown is a document as text, a line for each row.
func shown(d *office.Document) string {
	var b strings.Builder
	for _, p := range d.Parts {
		fmt.Fprintf(&b, "== %s", p.Name)
		if p.Hidden {
			b.WriteString(" (hidden)")
		}
		b.WriteString("\n")
		for _, r := range p.Rows {
			if r.Number > 0 {
				fmt.Fprintf(&b, "%d ", r.Number)
			}
			b.WriteString(strings.Join(r.Cells, "|") + "\n")
		}
	}
	return b.String()
}

func read(t testing.TB, data []byte) (*office.Document, error) {
	t.Helper()
	return office.Read(t.Context(), bytes.NewReader(data), int64(len(data)))
}

// TestDocumentsOfOtherPrograms: what python-docx, openpyxl and odfpy wrote.
func TestDocumentsOfOtherPrograms(t *testing.T) {
	for name, want := range map[string]struct {
		kind office.Kind
		text string
	}{
		"letter.docx": {office.Text, "== \nAdroddiad Sŵn\nFirst bold end.\none tab\nnext line\na point\nName|Year\nAna|7\nAfter the table.\n"},
		"letter.odt":  {office.Text, "== \nLlythyr\nTwo   spaces\nnext tab\n• a point\nName|Year\n"},
		"marks.xlsx": {office.Sheets, "== Marks\n1 Pupil|Born|Mark|Share|At|Passed\n2 Ana|2015-09-03|0.3|25.0%|2026-09-03 14:30|TRUE\n" +
			"5 |||||||far\n6 9:05|1234.50\n== Hidden (hidden)\n1 secret\n"},
		"loans.ods": {office.Sheets, "== Loans\n1 Device|Due\n1002 LT-1|LT-1|2026-09-03 14:30|£12.50\n== Empty\n"},
	} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		d, err := read(t, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Kind != want.kind || d.Cut || shown(d) != want.text {
			t.Errorf("%s: kind %d, cut %v:\n%s", name, d.Kind, d.Cut, shown(d))
		}
	}
}

// packed makes a document of files, given by turns with what is in them.
func packed(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// related is a file of relations, given by turns: id, type, target.
func related(of ...string) string {
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i := 0; i < len(of); i += 3 {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, of[i], of[i+1], of[i+2])
	}
	return b.String() + `</Relationships>`
}

// word is a text document with a body.
func word(t testing.TB, body string) []byte {
	return packed(t, "_rels/.rels", related("rId1", "officeDocument", "word/document2.xml"),
		"word/document2.xml", `<w:document xmlns:w="w" xmlns:mc="mc"><w:body>`+body+`</w:body></w:document>`)
}

// sheet is a workbook with one sheet, of which the second format is of dates.
func sheet(t testing.TB, workbook, rows string) []byte {
	return packed(t, "_rels/.rels", related("rId1", "officeDocument", "/xl/workbook.xml"),
		"xl/workbook.xml", `<workbook xmlns:r="r">`+workbook+`<sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", related("rId1", "worksheet", "worksheets/sheet1.xml", "rId2", "styles", "styles.xml"),
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-809]d\ mmmm\ yyyy;@"/></numFmts>`+
			`<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`)
}

func TestTextOfEveryKind(t *testing.T) {
	slide := func(text string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>` + text +
			`</a:t></a:r></a:p><a:p/></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"what was deleted is gone": {word(t, `<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>`), "== \nkept\n"},
		"a box has its text once": {
			word(t, `<w:p><w:r><mc:AlternateContent><mc:Choice><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Choice>`+
				`<mc:Fallback><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent><w:t>line</w:t></w:r></w:p>`), "== \nline\nbox\n",
		},
		"a list":             {word(t, `<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>point</w:t></w:r></w:p>`), "== \n• point\n"},
		"a table in a table": {word(t, `<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>in</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`), "== \nin|b\n"},
		"notes follow": {
			packed(t, "_rels/.rels", related("a", "officeDocument", "word/document.xml"),
				"word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>text</w:t></w:r></w:p></w:body></w:document>`,
				"word/_rels/document.xml.rels", related("b", "footnotes", "footnotes.xml"),
				"word/footnotes.xml", `<w:footnotes xmlns:w="w"><w:footnote w:type="separator"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote><w:footnote><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote></w:footnotes>`),
			"== \ntext\nnote\n",
		},
		"dates": {
			sheet(t, "", `<row r="2"><c r="A2" s="1"><v>1</v></c><c r="B2" s="1"><v>60</v></c><c r="C2" s="1"><v>61</v></c><c r="D2" s="1"><v>46268.604167</v></c><c r="E2"><v>46268</v></c></row>`),
			"== One\n2 1900-01-01|1900-02-28|1900-03-01|2026-09-03|46268\n",
		},
		"dates from 1904":  {sheet(t, `<workbookPr date1904="1"/>`, `<row><c s="1"><v>0</v></c></row>`), "== One\n1 1904-01-01\n"},
		"text in the cell": {sheet(t, "", `<row><c t="inlineStr"><is><r><t>a </t></r><r><t>b</t></r><rPh><t>x</t></rPh></is></c><c t="str"><v>f</v></c><c t="e"><v>#N/A</v></c></row>`), "== One\n1 a b|f|#N/A\n"},
		"slides in their order": {
			packed(t, "_rels/.rels", related("a", "officeDocument", "ppt/presentation.xml"),
				"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>`,
				"ppt/_rels/presentation.xml.rels", related("r1", "slide", "slides/slide1.xml", "r2", "slide", "slides/slide2.xml"),
				"ppt/slides/slide1.xml", slide("second"), "ppt/slides/slide2.xml", slide("first")),
			"== \nfirst\n== \nsecond\n",
		},
	} {
		d, err := read(t, c.data)
		if err != nil || shown(d) != c.want {
			t.Errorf("%s: %v, %+v", name, err, d)
		}
	}
}

// compound is a file of Office before 2007 with a stream of a name.
func compound(stream string) []byte {
	data := make([]byte, 2048)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	data[0x1e], data[0x30] = 9, 1 // sectors of 512 bytes, the directory in the second
	for i, c := range stream {
		data[1024+128+2*i] = byte(c)
	}
	return data
}

func TestWhatIsNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a text":              {[]byte("Dear parents, the school trip"), office.ErrFormat},
		"nothing":             {nil, office.ErrFormat},
		"any archive":         {packed(t, "a.txt", "text"), office.ErrFormat},
		"a drawing":           {packed(t, "content.xml", `<o:body xmlns:o="o"><o:drawing/></o:body>`), office.ErrFormat},
		"Office's password":   {compound("EncryptedPackage"), office.ErrLocked},
		"an old document":     {compound("WordDocument"), office.ErrFormat},
		"half of an old one":  {compound("WordDocument")[:20], office.ErrFormat},
		"LibreOffice's":       {packed(t, "content.xml", "\x01\x02", "META-INF/manifest.xml", `<m:manifest xmlns:m="m"><m:encryption-data/></m:manifest>`), office.ErrLocked},
		"half of a document":  {word(t, "<w:p>"), office.ErrDamaged},
		"half of the archive": {word(t, "<w:p/>")[:200], office.ErrFormat},
	} {
		if d, err := read(t, c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

func TestAttackHostileOfficeDocuments(t *testing.T) {
	laughs := `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`
	deep := strings.Repeat("<w:tbl><w:tr><w:tc>", 5000)
	for name, c := range map[string]struct {
		data   []byte
		failed bool // and otherwise Cut
	}{
		"entities":            {packed(t, "_rels/.rels", laughs), true},
		"an unknown entity":   {word(t, "<w:p><w:r><w:t>&b;</w:t></w:r></w:p>"), true},
		"deep in one another": {word(t, deep), true},
		"a tag without end":   {word(t, "<w:p "+strings.Repeat("a='b' ", 1<<18)+"/>"), true},
		"a text without end":  {word(t, "<w:p><w:r><w:t>"+strings.Repeat("x", 2<<20)+"</w:t></w:r></w:p>"), true},
		"a bomb":              {word(t, strings.Repeat("<w:p></w:p>", 100_000)), false},
		"a bomb of nothing":   {word(t, strings.Repeat("<w:x></w:x>", 32<<20/11)), false},
		"many pages":          {word(t, strings.Repeat("<w:p><w:r><w:t>line of text</w:t></w:r></w:p>", 200_000)), false},
		"a huge table":        {word(t, "<w:tbl><w:tr>"+strings.Repeat("<w:tc><w:p/></w:tc>", 500_000)+"</w:tr></w:tbl>"), false},
		"a far column":        {sheet(t, "", `<row><c r="XFD1"><v>1</v></c></row>`), false},
		"a far row":           {sheet(t, "", strings.Repeat(`<row r="1048576"><c><v>1</v></c></row>`, 200_000)), false},
		"rows without end": {packed(t, "content.xml", `<b xmlns:t="t"><t:spreadsheet><t:table><t:table-row t:number-rows-repeated="2000000000">`+
			`<t:table-cell t:number-columns-repeated="2000000000"><t:p>x</t:p></t:table-cell></t:table-row></t:table></t:spreadsheet></b>`), false},
		"sheets without end": {packed(t, "content.xml", `<b xmlns:t="t"><t:spreadsheet>`+strings.Repeat("<t:table/>", 100_000)+`</t:spreadsheet></b>`), false},
		"spaces without end": {packed(t, "content.xml", `<b xmlns:t="t"><t:text><t:p>`+strings.Repeat(`<t:s t:c="2000000000"/>`, 100_000)+`</t:p></t:text></b>`), false},
	} {
		d, err := read(t, c.data)
		switch {
		case c.failed && !errors.Is(err, office.ErrDamaged):
			t.Errorf("%s: %v", name, err)
		case !c.failed && (err != nil || !d.Cut):
			t.Errorf("%s: it was read as if that were all (%v)", name, err)
		}
		if d != nil {
			bounded(t, name, d)
		}
	}
}

// bounded fails when a document is larger than is promised.
func bounded(t *testing.T, name string, d *office.Document) {
	t.Helper()
	rows, text := 0, 0
	for _, p := range d.Parts {
		rows += len(p.Rows)
		for _, r := range p.Rows {
			if len(r.Cells) > office.MostColumns {
				t.Errorf("%s: %d columns", name, len(r.Cells))
			}
			for _, c := range r.Cells {
				text += len(c)
			}
		}
	}
	if rows > office.MostRows || text > office.MostText {
		t.Errorf("%s: %d rows, %d bytes", name, rows, text)
	}
}

func TestAttackAListOfFilesWithoutEnd(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for n := range 100_000 {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("file-%d-%s", n, strings.Repeat("x", 60))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, b.Bytes()); !errors.Is(err, office.ErrFormat) {
		t.Errorf("it was read: %v", err)
	}
}

// broken is a drive that is pulled out in the middle.
type broken struct {
	io.ReaderAt
	reads int
	err   error
}

func (b *broken) ReadAt(p []byte, off int64) (int, error) {
	if b.reads--; b.reads < 0 {
		return 0, b.err
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestErrorsOfTheDriveAreItsOwn(t *testing.T) {
	gone := errors.New("pulled out")
	data, err := os.ReadFile("testdata/letter.docx")
	if err != nil {
		t.Fatal(err)
	}
	for reads := range 8 {
		_, err := office.Read(t.Context(), &broken{bytes.NewReader(data), reads, gone}, int64(len(data)))
		if err != nil && !errors.Is(err, gone) {
			t.Errorf("after %d reads: %v", reads, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := office.Read(ctx, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// FuzzOffice reads archives of one document's files with other bytes in the main one.
func FuzzOffice(f *testing.F) {
	for _, name := range []string{"letter.docx", "letter.odt", "marks.xlsx", "loans.ods"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := read(t, data); err == nil {
			bounded(t, "fuzzed", d)
		}
	})
}

// fuzzPart fuzzes one file of a document.
func fuzzPart(f *testing.F, seed string, document func(t testing.TB, part string) []byte) {
	f.Add(seed)
	f.Fuzz(func(t *testing.T, part string) {
		if d, err := read(t, document(t, part)); err == nil {
			bounded(t, "fuzzed", d)
		}
	})
}

func FuzzWord(f *testing.F) {
	fuzzPart(f, `<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>a</w:t><w:tab/></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>`, word)
}

func FuzzSheet(f *testing.F) {
	fuzzPart(f, `<row r="2"><c r="A2" s="1"><v>46268.6</v></c><c r="C2" t="inlineStr"><is><t>a</t></is></c><c t="s"><v>0</v></c></row>`,
		func(t testing.TB, rows string) []byte { return sheet(t, "", rows) })
}

func FuzzSlide(f *testing.F) {
	fuzzPart(f, `<a:p xmlns:a="a"><a:r><a:t>x</a:t></a:r></a:p><a:tbl xmlns:a="a"><a:tr><a:tc/></a:tr></a:tbl>`, func(t testing.TB, shapes string) []byte {
		return packed(t, "_rels/.rels", related("a", "officeDocument", "p.xml"),
			"p.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldId r:id="r1"/></p:presentation>`, "_rels/p.xml.rels", related("r1", "slide", "s.xml"),
			"s.xml", `<p:sld xmlns:p="p"><p:spTree>`+shapes+`</p:spTree></p:sld>`)
	})
}

func FuzzOpenDocument(f *testing.F) {
	fuzzPart(f, `<b xmlns:t="t"><t:spreadsheet><t:table><t:table-row t:number-rows-repeated="3"><t:table-cell t:date-value="2026-09-03T10:00:00"><t:p>x</t:p></t:table-cell></t:table-row></t:table></t:spreadsheet></b>`,
		func(t testing.TB, content string) []byte { return packed(t, "content.xml", content) })
}
