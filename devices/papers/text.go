package papers

import (
	"sort"
	"strings"
)

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
	for _, part := range p.spans(text, s) {
		if part.shaped != nil {
			total += part.shaped.Width(part.text, part.right) * s.size * point
			continue
		}
		p.pdf.SetFont(part.simple.family, part.simple.style, s.size)
		total += p.pdf.GetStringWidth(part.text)
	}
	return total
}

// put draws one line of clean text with its top at y.
func (p *page) put(x, y float64, text string, s style) {
	p.pdf.SetTextColor(s.ink[0], s.ink[1], s.ink[2])
	baseline := y + s.height()*0.74
	for _, part := range p.spans(text, s) {
		if part.shaped != nil {
			x += p.outline(x, baseline, part, s)
			continue
		}
		p.pdf.SetFont(part.simple.family, part.simple.style, s.size)
		p.pdf.Text(x, baseline, part.text)
		x += p.pdf.GetStringWidth(part.text)
	}
}

// fit cleans a text and shortens it to one line of a width.
func (p *page) fit(text string, s style, width float64) string {
	text = strings.TrimSpace(p.clean(text, s))
	if head, rest := p.cut(text, s, width); rest == "" {
		return head
	}
	head, _ := p.cut(text, s, width-p.width("…", s))
	return strings.TrimSpace(head) + "…"
}

// cut splits a clean text where a width ends, between what a reader takes for letters.
func (p *page) cut(text string, s style, width float64) (head, rest string) {
	begin := text // as much as is wide enough, since measuring takes as long as it is long
	for size := 128; size < len(text); size *= 2 {
		if begin = strings.ToValidUTF8(text[:size], ""); p.width(begin, s) > width {
			break
		}
		begin = text
	}
	letters := clusters(begin)
	ends := make([]int, len(letters)+1)
	for i, letter := range letters {
		ends[i+1] = ends[i] + len(letter)
	}
	n := sort.Search(len(letters), func(i int) bool { return p.width(text[:ends[i+1]], s) > width })
	return text[:ends[n]], text[ends[n]:]
}

// wrap cleans a text and breaks it into lines of at most a width: at blanks, and
// within a word that is wider than a line. Line ends are kept.
func (p *page) wrap(text string, s style, width float64) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		clean := p.clean(paragraph, s)
		wrapped := p.wrapLine(clean, s, width)
		if len(wrapped) > 1 && !plain(clean, p.faces(s)) {
			for i := range wrapped {
				wrapped[i] = direction(clean) + wrapped[i] // the paragraph's, in each of its lines
			}
		}
		lines = append(lines, wrapped...)
	}
	return lines
}

func (p *page) wrapLine(text string, s style, width float64) []string {
	var lines []string
	line, used := "", 0.0
	blank := p.width(" ", s)
	alone := plain(text, p.faces(s)) // words are as wide together as each by itself
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		w := p.width(word, s)
		together := used + blank + w
		if line != "" && !alone {
			together = p.width(line+" "+word, s)
		}
		if line != "" && together <= width {
			line, used = line+" "+word, together
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
	if head, rest = p.cut(word, s, width); head != "" {
		return head, rest
	}
	first := clusters(word)[0]
	return first, word[len(first):]
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
