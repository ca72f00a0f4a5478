package papers

import "strings"

// faces are the types of a style.
func (p *page) faces(s style) []*face {
	switch {
	case s.mono:
		return p.types.mono
	case s.bold:
		return p.types.bold
	case s.italic:
		return p.types.italic
	}
	return p.types.text
}

func (p *page) clean(text string, s style) string { return p.types.clean(text, p.faces(s)) }

// width is that of a clean text.
func (p *page) width(text string, s style) float64 {
	total := 0.0
	for _, part := range pieces(text, p.faces(s)) {
		p.pdf.SetFont(part.family, part.style, s.size)
		total += p.pdf.GetStringWidth(part.text)
	}
	return total
}

// put draws one line of clean text with its top at y.
func (p *page) put(x, y float64, text string, s style) {
	p.pdf.SetTextColor(s.ink[0], s.ink[1], s.ink[2])
	baseline := y + s.height()*0.74
	for _, part := range pieces(text, p.faces(s)) {
		p.pdf.SetFont(part.family, part.style, s.size)
		p.pdf.Text(x, baseline, part.text)
		x += p.pdf.GetStringWidth(part.text)
	}
}

// fit cleans a text and shortens it to one line of a width.
func (p *page) fit(text string, s style, width float64) string {
	text = strings.TrimSpace(p.clean(text, s))
	used, more, end := 0.0, p.width("…", s), 0
	for i, r := range text {
		if used+more <= width {
			end = i
		}
		if used += p.width(string(r), s); used > width {
			return strings.TrimSpace(text[:end]) + "…"
		}
	}
	return text
}

// wrap cleans a text and breaks it into lines of at most a width: at blanks, and
// within a word that is wider than a line. Line ends are kept.
func (p *page) wrap(text string, s style, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		lines = append(lines, p.wrapLine(p.clean(paragraph, s), s, width)...)
	}
	return lines
}

func (p *page) wrapLine(text string, s style, width float64) []string {
	var lines []string
	line, used := "", 0.0
	blank := p.width(" ", s)
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		w := p.width(word, s)
		if line != "" && used+blank+w <= width {
			line, used = line+" "+word, used+blank+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width {
			head, rest := p.breakWord(word, s, width)
			lines = append(lines, head)
			word, w = rest, p.width(rest, s)
		}
		line, used = word, w
	}
	return append(lines, line)
}

// breakWord cuts off as much of a word as fits, at least one letter.
func (p *page) breakWord(word string, s style, width float64) (head, rest string) {
	used := 0.0
	for i, r := range word {
		used += p.width(string(r), s)
		if used > width && i > 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// text draws paragraphs over the whole width.
func (p *page) text(text string, s style) { p.lines(p.wrap(text, s, textWidth), s) }

// lines draws lines, over as many pages as they need.
func (p *page) lines(lines []string, s style) {
	for _, line := range lines {
		p.need(s.height())
		p.put(margin, p.y, line, s)
		p.y += s.height()
	}
}

// paragraph is text with a gap after it.
func (p *page) paragraph(text string) {
	p.text(text, body())
	p.gap(2.2)
}

// heading begins a section; it stays with what follows.
func (p *page) heading(text string) {
	s := style{size: 13, ink: accent(), bold: true}
	p.need(24)
	p.gap(5)
	p.pdf.Bookmark(p.clean(text, s), 0, p.y)
	p.text(text, s)
	p.gap(1.6)
}

// bullets draws a list.
func (p *page) bullets(items []string) {
	s := body()
	for _, item := range items {
		for i, line := range p.wrap(item, s, textWidth-6) {
			p.need(s.height())
			if i == 0 {
				p.put(margin+1.5, p.y, "•", s)
			}
			p.put(margin+6, p.y, line, s)
			p.y += s.height()
		}
		p.gap(1)
	}
}
