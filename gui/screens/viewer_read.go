package screens

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // kinds of pictures that are shown
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	_ "golang.org/x/image/bmp" // more kinds of pictures that are shown
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff" //
	_ "golang.org/x/image/webp" //
	"golang.org/x/text/encoding/charmap"
	textunicode "golang.org/x/text/encoding/unicode"

	"stowage/crypt"
	"stowage/gui/jobs"
	"stowage/gui/viewer/office"
)

// What is held of a file at most, so that no file makes the program large.
const (
	mostText    = 256 << 10 // bytes of a text
	mostPicture = 64 << 20  // bytes of a picture as it is stored
	mostPixels  = 32 << 20  // pixels of a picture: 8000x4000; jpeg takes 1.5 to 3 bytes for each
	widest      = 1600      // pixels of what is shown
	lineLength  = 110       // letters on a line of text
)

// fileReader is what is shown: *stick.Reader.
type fileReader interface {
	io.ReadSeeker
	io.ReaderAt
	Size() int64
}

// readToSee reads what can be shown of a file. It fails with errNotViewable or
// errTooLargeToView, and with errors of the stick.
func readToSee(ctx context.Context, r fileReader, p jobs.Progress) (seen, error) {
	picture, err := readPicture(ctx, r, p)
	if errors.Is(err, errNoPicture) {
		return readDocument(ctx, r, p)
	}
	return seen{picture: picture}, err
}

// errNoPicture: a file is no picture of a kind that is read, whatever it is called.
var errNoPicture = errors.New("no picture")

// readPicture decodes a picture, turns it the way up that the camera noted, and makes
// it no larger than can be shown. It fails with errNoPicture, having gone back to the
// start, and else as readToSee does.
func readPicture(ctx context.Context, r fileReader, p jobs.Progress) (image.Image, error) {
	config, kind, err := image.DecodeConfig(crypt.Reader(ctx, r, nil))
	if _, seekErr := r.Seek(0, io.SeekStart); seekErr != nil {
		return nil, seekErr
	}
	if err != nil {
		return nil, cmp.Or(ctx.Err(), errNoPicture)
	}
	pixels := int64(config.Width) * int64(config.Height)
	most := int64(mostPixels)
	if kind != "jpeg" {
		most /= 2 // four bytes each
	}
	if r.Size() > mostPicture || pixels > most || pixels <= 0 {
		return nil, errTooLargeToView
	}
	p.Expect(r.Size())
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 {
		return nil, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(crypt.Reader(ctx, r, p))
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", errNotViewable, err)
	}
	return turned(smaller(picture), orientation(head[:n])), nil
}

// smaller scales a picture down to what is shown.
func smaller(picture image.Image) image.Image {
	size := picture.Bounds().Size()
	longest := max(size.X, size.Y)
	if longest <= widest {
		return picture
	}
	to := image.Rect(0, 0, max(size.X*widest/longest, 1), max(size.Y*widest/longest, 1))
	small := image.NewRGBA(to)
	draw.ApproxBiLinear.Scale(small, to, picture, picture.Bounds(), draw.Src, nil)
	return small
}

// orientation finds which way up a JPEG is by its Exif tag (Exif 2.32, 4.6.4, tag 274):
// 1 to 8, and 1 for a picture without.
func orientation(head []byte) int {
	at := bytes.Index(head, []byte("Exif\x00\x00"))
	if !bytes.HasPrefix(head, []byte{0xff, 0xd8}) || at < 0 || at+14 > len(head) {
		return 1
	}
	tiff := head[at+6:]
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	from := int64(order.Uint32(tiff[4:8]))
	if from+2 > int64(len(tiff)) {
		return 1
	}
	entries := int64(order.Uint16(tiff[from:]))
	for i := range entries {
		e := from + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[e:]) == 274 {
			if o := int(order.Uint16(tiff[e+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// turned turns a picture the way up that an orientation says.
func turned(picture image.Image, orientation int) image.Image {
	if orientation <= 1 {
		return picture
	}
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			var tx, ty int
			switch orientation {
			case 2:
				tx, ty = w-1-x, y
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				tx, ty = x, h-1-y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, picture.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// readDocument reads the text of an office document, or of what is text itself.
func readDocument(ctx context.Context, r fileReader, p jobs.Progress) (seen, error) {
	document, err := office.Read(ctx, r, r.Size())
	switch {
	case err == nil && len(document.Parts) == 0 && !document.Cut:
		return seen{}, errNotViewable
	case err == nil && len(document.Parts) == 0:
		return seen{}, errTooLargeToView
	case err == nil:
		return seen{document: document}, nil
	case errors.Is(err, office.ErrFormat):
		return readText(ctx, r, p)
	}
	return seen{}, err
}

// readText reads the beginning of a text.
func readText(ctx context.Context, r fileReader, p jobs.Progress) (seen, error) {
	p.Expect(min(r.Size(), mostText))
	data, err := io.ReadAll(io.LimitReader(crypt.Reader(ctx, r, p), mostText))
	if err != nil {
		return seen{}, err
	}
	text, ok := decodeText(data)
	if !ok {
		return seen{}, errNotViewable
	}
	return seen{text: wrap(text, lineLength), part: r.Size() > int64(len(data))}, nil
}

// decodeText makes text of bytes: UTF-8, UTF-16 with its mark, and otherwise what
// Windows writes in western Europe. ok is false for what is no text.
func decodeText(data []byte) (text string, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		out, err := textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err == nil
	case bytes.IndexByte(data, 0) >= 0:
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte{0xef, 0xbb, 0xbf})
	most := 1
	if len(data) == mostText {
		most = utf8.UTFMax // the end may be in the middle of a letter
	}
	for cut := range most {
		if utf8.Valid(data[:len(data)-cut]) {
			return printable(string(data[:len(data)-cut]))
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	return printable(string(out))
}

// printable drops what is not to be shown; a text with much of that is none.
func printable(text string) (string, bool) {
	strange := 0
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r':
			return -1
		case unicode.IsControl(r):
			strange++
			return -1
		}
		return r
	}, text)
	return clean, strange*50 <= len(text)
}

// wrap breaks lines that are too long, between words where it can.
func wrap(text string, most int) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(text, "\t", "    ")) {
		runes := []rune(strings.TrimSuffix(line, "\n"))
		for len(runes) > most {
			cut := most
			for i := most; i > most/2; i-- {
				if runes[i] == ' ' {
					cut = i + 1
					break
				}
			}
			b.WriteString(string(runes[:cut]) + "\n")
			runes = runes[cut:]
		}
		b.WriteString(string(runes) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
