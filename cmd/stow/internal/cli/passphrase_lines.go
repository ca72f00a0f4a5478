package cli

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// secretLines reads passphrases, one a line, from a file or standard input: in UTF-8, or
// in the UTF-16 that PowerShell's ">" and Notepad write, which begins with a mark. It
// reads no further than the line's end, and decodes by itself so that no copy stays in
// a buffer that is not wiped.
type secretLines struct {
	src   *bufio.Reader
	begun bool
	order binary.ByteOrder // of UTF-16; nil is UTF-8
}

// begin looks for a mark. No UTF-8 begins with either byte of that of UTF-16.
func (l *secretLines) begin() error {
	l.begun = true
	first, err := l.src.Peek(1)
	if err != nil || first[0] != 0xff && first[0] != 0xfe {
		return nil
	}
	mark, _ := l.src.Peek(2)
	switch string(mark) {
	case "\xff\xfe":
		l.order = binary.LittleEndian
	case "\xfe\xff":
		l.order = binary.BigEndian
	default:
		return errNotText
	}
	_, err = l.src.Discard(len(mark))
	return err
}

// line reads one line, without its end or the mark that Notepad puts before UTF-8. The
// caller clears it.
func (l *secretLines) line() ([]byte, error) {
	if !l.begun {
		if err := l.begin(); err != nil {
			return nil, err
		}
	}
	line := make([]byte, 0, maxPassphrase+2+utf8.UTFMax) // never grown, so no copy is left behind
	var err error
	for err == nil {
		if len(line) > maxPassphrase+2 {
			clear(line)
			return nil, errLongPassphrase
		}
		line, err = l.next(line)
		if n := len(line); err == nil && line[n-1] == '\n' {
			line = line[:n-1]
			break
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		clear(line)
		return nil, err
	}
	return checkPassphrase(bytes.TrimPrefix(bytes.TrimSuffix(line, []byte("\r")), []byte("\ufeff")))
}

// next appends the next byte of UTF-8, or the next character of UTF-16.
func (l *secretLines) next(line []byte) ([]byte, error) {
	if l.order == nil {
		c, err := l.src.ReadByte()
		if err != nil {
			return line, err
		}
		return append(line, c), nil
	}
	r, err := l.unit()
	if err != nil {
		return line, err
	}
	if utf16.IsSurrogate(r) {
		second, err := l.unit()
		if err != nil || utf16.DecodeRune(r, second) == utf8.RuneError {
			return line, errNotText
		}
		r = utf16.DecodeRune(r, second)
	}
	return utf8.AppendRune(line, r), nil
}

// unit reads one unit of UTF-16.
func (l *secretLines) unit() (rune, error) {
	var two [2]byte
	if _, err := io.ReadFull(l.src, two[:]); errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, errNotText
	} else if err != nil {
		return 0, err
	}
	return rune(l.order.Uint16(two[:])), nil
}
