package screens

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"stowage/gui/guitest/screenstest"
)

// bytesFile is a file in memory.
type bytesFile struct{ *bytes.Reader }

func fileOf(data []byte) bytesFile { return bytesFile{bytes.NewReader(data)} }

func (f bytesFile) Size() int64 { return f.Reader.Size() }

func TestTextsOfEveryKind(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"UTF-8":        {"Sŵn y môr\r\nail linell", "Sŵn y môr\nail linell"},
		"a mark":       {"\xef\xbb\xbfhello", "hello"},
		"UTF-16":       {"\xff\xfeh\x00i\x00", "hi"},
		"Windows":      {"caf\xe9", "café"},
		"tabs":         {"a\tb", "a    b"},
		"nothing":      {"", ""},
		"a long line":  {strings.Repeat("word ", 40), strings.TrimSuffix(strings.Repeat("word ", 22), "") + "\n" + strings.Repeat("word ", 18)},
		"no end of it": {strings.Repeat("x", 250), strings.Repeat("x", 110) + "\n" + strings.Repeat("x", 110) + "\n" + strings.Repeat("x", 30)},
	} {
		got, err := readToSee(t.Context(), fileOf([]byte(c.data)), discard{})
		if err != nil || got.text != c.want || got.part {
			t.Errorf("%s: %q, %v, %v", name, got.text, got.part, err)
		}
	}
}

func TestALargeTextIsShownInPart(t *testing.T) {
	got, err := readToSee(t.Context(), fileOf(bytes.Repeat([]byte("line\n"), 200_000)), discard{})
	if err != nil || !got.part || len(got.text) > mostText {
		t.Errorf("%d bytes, %v, %v", len(got.text), got.part, err)
	}
}

func TestWhatIsNoText(t *testing.T) {
	for _, data := range []string{"PK\x03\x04\x00\x00", "\x01\x02\x03\x04\x05\x06", "%PDF\x00"} {
		if _, err := readToSee(t.Context(), fileOf([]byte(data)), discard{}); !errors.Is(err, errNotViewable) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestHugePicturesAreNotDecoded(t *testing.T) {
	// A PNG of 60000x60000 pixels, of which only the head is there.
	head := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x06\x00\x00\x00\xb0\x86\x8a\x06")
	_, err := readToSee(t.Context(), fileOf(head), discard{})
	if !errors.Is(err, errTooLargeToView) && !errors.Is(err, errNotViewable) {
		t.Errorf("it was read: %v", err)
	}
}

// sideways is a JPEG of 40x20, red at the left, with an Exif orientation.
func sideways(t *testing.T, orientation uint16) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 20 {
		for y := range 20 {
			picture.Set(x, y, color.RGBA{255, 0, 0, 255})
		}
	}
	var b bytes.Buffer
	screenstest.Check(t, jpeg.Encode(&b, picture, nil))
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	exif = binary.BigEndian.AppendUint16(exif, orientation)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	out := append([]byte{0xff, 0xd8}, append(segment, exif...)...)
	return append(out, b.Bytes()[2:]...)
}

func TestPicturesAreTheRightWayUp(t *testing.T) {
	for orientation, want := range map[uint16]struct{ width, redX, redY int }{
		1: {40, 5, 10}, 3: {40, 35, 10}, 6: {20, 10, 5}, 8: {20, 10, 35},
	} {
		got, err := readToSee(t.Context(), fileOf(sideways(t, orientation)), discard{})
		screenstest.Check(t, err)
		if w := got.picture.Bounds().Dx(); w != want.width {
			t.Errorf("orientation %d: %d wide", orientation, w)
			continue
		}
		if r, g, _, _ := got.picture.At(want.redX, want.redY).RGBA(); r < 0xc000 || g > 0x4000 {
			t.Errorf("orientation %d: red is not at %d, %d", orientation, want.redX, want.redY)
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("\xff\xd8Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"))
	f.Add([]byte("\xff\xd8Exif\x00\x00II\x2a\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientation(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}
