package drives

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"howett.net/plist"
)

// errPlist means that a program of macOS printed something else than a property
// list of the expected shape.
var errPlist = errors.New("malformed property list")

// What a property list may be at most. The registry's are the largest: some
// megabytes, and some dozens of levels.
const (
	plistBytes = 32 << 20
	plistDepth = 512
)

// decode reads a property list in XML. Its size and depth are checked first,
// since the library follows lists within lists without end.
func decode(data []byte, into any) error {
	if len(data) > plistBytes {
		return fmt.Errorf("%d bytes: %w", len(data), errPlist)
	}
	depth, isPlist := 0, false
	for tokens := xml.NewDecoder(bytes.NewReader(data)); ; {
		t, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errPlist, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			isPlist = isPlist || depth == 0 && t.Name.Local == "plist"
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > plistDepth || depth > 0 && !isPlist {
			return fmt.Errorf("%d levels deep: %w", depth, errPlist)
		}
	}
	if !isPlist { // the library would try other formats
		return errPlist
	}
	if _, err := plist.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%w: %w", errPlist, err)
	}
	return nil
}
