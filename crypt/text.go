package crypt

import (
	"bufio"
	"bytes"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The byte order marks that Windows' programs put before a text: PowerShell's ">" writes
// UTF-16, Notepad writes either, or UTF-8 with a mark.
const (
	markUTF8    = "\xef\xbb\xbf"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

// marked reports whether a text begins with a byte order mark. No age file and no
// text in UTF-8 begins with the same bytes.
func marked(start []byte) bool {
	for _, mark := range []string{markUTF8, markUTF16LE, markUTF16BE} {
		if bytes.HasPrefix(start, []byte(mark)) {
			return true
		}
	}
	return false
}

// Text is a text in UTF-8 and without a byte order mark, whether it was so, or Windows'
// Notepad or PowerShell wrote it with a mark or in UTF-16. What has no mark, or is no
// text, is returned as it is. Line ends stay. The caller bounds, and wipes, data and what
// is returned, which is a copy only where something was changed.
func Text(data []byte) []byte {
	if rest, ok := bytes.CutPrefix(data, []byte(markUTF8)); ok || !marked(data) {
		return rest
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), data)
	if err != nil {
		return data
	}
	return text
}

// textReader is src in UTF-8 and without a byte order mark, if it has one.
func textReader(src *bufio.Reader) *bufio.Reader {
	if start, _ := src.Peek(len(markUTF8)); !marked(start) {
		return src
	}
	return bufio.NewReader(transform.NewReader(src, unicode.BOMOverride(transform.Nop)))
}
