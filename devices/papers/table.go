package papers

// column is one of a table.
type column struct {
	title string
	share float64 // of the width, against the other columns
	right bool    // numbers, set to the right
	mono  bool
}

// fact is a name and what is known under it.
type fact struct{ name, value string }

// facts draws names on the left and values on the right; those without a value
// are left out.
func (p *page) facts(list ...fact) {
	const nameWidth = 52.0
	columns := []cell{{x: margin, width: nameWidth - 4, style: style{size: 10, ink: muted()}}, {x: margin + nameWidth, width: textWidth - nameWidth, style: body()}}
	for _, f := range list {
		if f.value == "" {
			continue
		}
		p.row(columns, []string{f.name, f.value}, 0.9, nil)
	}
	p.gap(1.5)
}

// cell is where the text of a column goes.
type cell struct {
	x, width float64
	style    style
	right    bool
}

// row draws the cells of a row beside each other. A row that does not fit goes
// to the next page whole; one that is higher than half a page is broken. again
// is drawn at the top of every page that it begins.
func (p *page) row(cells []cell, texts []string, pad float64, again func()) {
	wrapped := make([][]string, len(cells))
	lines := 1
	for i, c := range cells {
		wrapped[i] = p.wrap(texts[i], c.style, c.width)
		lines = max(lines, len(wrapped[i]))
	}
	height := cells[0].style.height()
	for from := 0; from < lines; {
		fits := int((p.room() - 2*pad) / height)
		whole := float64(lines-from)*height <= (lastLine-firstLine)/2
		if fits < 1 || whole && fits < lines-from {
			p.next()
			if again != nil {
				again()
			}
			fits = int((p.room() - 2*pad) / height)
		}
		until := min(from+fits, lines)
		p.y += pad
		for i, c := range cells {
			p.column(c, wrapped[i], from, until, height)
		}
		p.y += float64(until-from)*height + pad
		from = until
	}
}

func (p *page) column(c cell, lines []string, from, until int, height float64) {
	for i := from; i < min(until, len(lines)); i++ {
		x := c.x
		if c.right {
			x += c.width - p.width(lines[i], c.style)
		}
		p.put(x, p.y+float64(i-from)*height, lines[i], c.style)
	}
}

// table draws rows under a heading, which comes again on every page.
func (p *page) table(columns []column, rows [][]string) {
	const gutter = 3.0
	total := 0.0
	for _, c := range columns {
		total += c.share
	}
	cells, titles := make([]cell, len(columns)), make([]string, len(columns))
	heads := make([]cell, len(columns))
	x := margin + 1.5
	for i, c := range columns {
		width := (textWidth - 3) * c.share / total
		s := style{size: 9, ink: ink(), mono: c.mono}
		cells[i] = cell{x, width - gutter, s, c.right}
		heads[i] = cell{x, width - gutter, style{size: 8.5, ink: muted(), bold: true}, c.right}
		titles[i] = c.title
		x += width
	}
	heading := func() {
		top := p.y
		p.fill(margin, top, textWidth, heads[0].style.height()*p.tallest(heads, titles)+2.4, tint())
		p.row(heads, titles, 1.2, nil)
	}
	p.need(24)
	heading()
	for _, row := range rows {
		p.row(cells, row, 1.1, heading)
		p.rule(p.y, 0.15, border())
	}
	p.gap(3)
}

// tallest is the number of lines of the highest cell.
func (p *page) tallest(cells []cell, texts []string) float64 {
	lines := 1
	for i, c := range cells {
		lines = max(lines, len(p.wrap(texts[i], c.style, c.width)))
	}
	return float64(lines)
}

// note is a box that stands out. It is kept together if a page can hold it.
func (p *page) note(title string, paragraphs []string, bar, ground colour) {
	const inset, gap = 5.0, 1.6
	heading, text := style{size: 11, ink: bar, bold: true}, body()
	var blocks [][]string
	height := 7.0
	if title != "" {
		height += heading.height() + gap
	}
	for _, t := range paragraphs {
		lines := p.wrap(t, text, textWidth-2*inset)
		blocks = append(blocks, lines)
		height += float64(len(lines))*text.height() + gap
	}
	height -= gap
	if height > lastLine-firstLine {
		p.text(title, heading)
		for _, t := range paragraphs {
			p.paragraph(t)
		}
		return
	}
	p.need(height)
	p.fill(margin, p.y, textWidth, height, ground)
	p.fill(margin, p.y, 1.3, height, bar)
	end := p.y + height
	p.y += 3.5
	if title != "" {
		p.put(margin+inset, p.y, title, heading)
		p.y += heading.height() + gap
	}
	for _, lines := range blocks {
		for _, line := range lines {
			p.put(margin+inset, p.y, line, text)
			p.y += text.height()
		}
		p.y += gap
	}
	p.y = end
	p.gap(4)
}

// code draws lines as they are to be typed or compared.
func (p *page) code(lines ...string) {
	s := style{size: 8, ink: ink(), mono: true}
	for _, text := range lines {
		for _, line := range p.wrap(text, s, textWidth-6) {
			p.need(s.height() + 1)
			p.fill(margin, p.y, textWidth, s.height()+0.1, tint())
			p.put(margin+3, p.y, line, s)
			p.y += s.height()
		}
	}
	p.gap(3)
}

// labelled draws lines of code under a name, and keeps the two together.
func (p *page) labelled(name string, code ...string) {
	p.need(16)
	p.text(name, strong())
	p.gap(0.8)
	p.code(code...)
}

// figure is a number that matters, with what it counts.
type figure struct{ number, name string }

// figures draws a row of numbers.
func (p *page) figures(list []figure) {
	const height, gap = 19.0, 3.0
	p.need(height)
	width := (textWidth - gap*float64(len(list)-1)) / float64(len(list))
	number, name := style{size: 18, ink: accent(), bold: true}, small()
	for i, f := range list {
		x := margin + float64(i)*(width+gap)
		p.fill(x, p.y, width, height, tint())
		p.put(x+3, p.y+2, p.fit(f.number, number, width-6), number)
		p.put(x+3, p.y+12.5, p.fit(f.name, name, width-6), name)
	}
	p.y += height
	p.gap(5)
}

// signatures draws lines on which people sign.
func (p *page) signatures(names ...string) {
	const height = 22.0
	p.need(height)
	width := (textWidth - 10*float64(len(names)-1)) / float64(len(names))
	for i, name := range names {
		x := margin + float64(i)*(width+10)
		p.stroke(x, p.y+14, x+width, p.y+14, 0.3, ink())
		p.put(x, p.y+15, p.fit(name, small(), width), small())
	}
	p.y += height
	p.gap(2)
}
