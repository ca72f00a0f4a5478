package layer

import (
	"bytes"
	"io"

	"filippo.io/age"
)

// driveSector is the unit in which drives write. A drive that is pulled leaves whole sectors unwritten.
const driveSector = 512

// altered reports whether the age header of a layer was written and changed since: no key opens it, and yet each of
// its sectors holds what such a header has there, but for some bytes.
func (l *Loader) altered(files *Files) bool {
	sizes := files.Sizes()
	if len(sizes) == 0 {
		return false
	}
	parts := NewPartReader(l.FS, files.ID, sizes)
	defer parts.Close()
	head := make([]byte, min(parts.Size(), MaxAgeHeader))
	if _, err := parts.ReadAt(head, 0); err != nil && err != io.EOF { //nolint:errorlint // as io.ReaderAt has it
		return false
	}
	resembles := false
	for _, key := range l.keys {
		if opensHeader(head, key.Identity) {
			return false // what is wrong is not its header
		}
		resembles = resembles || resemblesHeader(head, modelHeader(key.Recipient))
	}
	return resembles
}

func opensHeader(head []byte, identity age.Identity) bool {
	header, err := age.ExtractHeader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	fileKey, err := age.DecryptHeader(header, identity)
	clear(fileKey)
	return err == nil
}

// modelHeader is the age header of any layer that is encrypted to the recipient, all of which differ in Base64 characters
// only; nil when there is none.
func modelHeader(to age.Recipient) []byte {
	var sealed bytes.Buffer
	if _, err := age.Encrypt(&sealed, to); err != nil {
		return nil
	}
	header, _ := age.ExtractHeader(&sealed)
	return header
}

// resemblesHeader reports whether head begins with something as long as the model, of which in each sector at most an
// eighth of the bytes are of another kind.
func resemblesHeader(head, model []byte) bool {
	if model == nil || len(head) < len(model) {
		return false
	}
	for at := 0; at < len(model); at += driveSector {
		end, other := min(at+driveSector, len(model)), 0
		for i := at; i < end; i++ {
			if head[i] != model[i] && !(isBase64(head[i]) && isBase64(model[i])) {
				other++
			}
		}
		if other > (end-at)/8 {
			return false
		}
	}
	return true
}

func isBase64(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/'
}
