package layer

import (
	"archive/tar"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"stowage/crypt/stick/internal/stickpath"
)

// formatVersion is the version of the format that this package writes.
const formatVersion = 1

// Header is what the PAX global header at the start of a layer says.
// FORMAT.md, "Layer header".
type Header struct {
	Stick  string    // UUID
	ID     ID        // its own name
	Time   time.Time // when it was written, UTC, to the second
	Prev   Ref       // the newest layer when it was written; zero for the first
	Was    string    // the digest of the layer that it replaced when the stick's identity was rotated
	Tidied bool      // below lists the only older layers that still count
	Below  []Ref
	// replaced says which layers tidying ever replaced, and what this one was before the rotation that was says, so that
	// whoever remembers one finds it.
	Replaced History
}

// Ref points to a layer by its number and digest.
type Ref struct {
	Seq    int64
	Digest string
}

func (r Ref) String() string {
	if r.Seq == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%s", r.Seq, r.Digest)
}

func ParseRef(s string) (Ref, error) {
	if s == "-" {
		return Ref{}, nil
	}
	number, digest, _ := strings.Cut(s, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq <= 0 || !IsDigest(digest) {
		return Ref{}, fmt.Errorf("%w: %q does not point to a layer", ErrDamaged, stickpath.Short(s))
	}
	return Ref{seq, digest}, nil
}

func IsDigest(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil && s == strings.ToLower(s)
}

// The records of the header, all of which begin with this.
const recordPrefix = "STOWAGE."

// MACKeys are what authenticates a stick's layers and tables, derived from the
// secret of its identity. They are wiped with wipe.
type MACKeys struct {
	layer    []byte
	contents []byte
	Chosen   []byte // of what is said of the holder's passphrase
}

// NewMACKeys derives the keys with HKDF-SHA-256 from the text of the identity
// ("AGE-SECRET-KEY-…"), with the stick's id as salt.
func NewMACKeys(secret []byte, stick string) (*MACKeys, error) {
	k := &MACKeys{}
	for info, to := range map[string]*[]byte{"layer header": &k.layer, "contents": &k.contents, "passphrase chosen": &k.Chosen} {
		var err error
		if *to, err = hkdf.Key(sha256.New, secret, []byte(stick), "stowage stick v1 "+info, sha256.Size); err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
	}
	return k, nil
}

func (k *MACKeys) Wipe() {
	clear(k.layer)
	clear(k.contents)
	clear(k.Chosen)
}

// records returns the header as PAX records, authenticated.
func (h *Header) records(keys *MACKeys) map[string]string {
	r := map[string]string{
		recordPrefix + "format": strconv.Itoa(formatVersion),
		recordPrefix + "layer":  h.ID.String(),
		recordPrefix + "prev":   h.Prev.String(),
		recordPrefix + "stick":  h.Stick,
		recordPrefix + "time":   h.Time.UTC().Format(time.RFC3339),
	}
	if h.Was != "" {
		r[recordPrefix+"was"] = h.Was
	}
	if h.Tidied {
		refs := make([]string, len(h.Below))
		for i, ref := range h.Below {
			refs[i] = ref.String()
		}
		r[recordPrefix+"below"] = strings.Join(append(refs, "-"), ",")
	}
	if replaced := h.Replaced.String(); replaced != "" {
		r[recordPrefix+"replaced"] = replaced
	}
	r[recordPrefix+"hmac"] = hex.EncodeToString(recordsMAC(r, keys))
	return r
}

// recordsMAC authenticates all records but the hmac itself: each as its name, "=", its value and a newline, sorted by name.
func recordsMAC(records map[string]string, keys *MACKeys) []byte {
	mac := hmac.New(sha256.New, keys.layer)
	for _, name := range slices.Sorted(maps.Keys(records)) {
		if name != recordPrefix+"hmac" {
			fmt.Fprintf(mac, "%s=%s\n", name, records[name])
		}
	}
	return mac.Sum(nil)
}

// ParseHeader checks and reads the first entry of a layer.
func ParseHeader(entry *tar.Header, stick string, keys *MACKeys) (*Header, error) {
	if entry.Typeflag != tar.TypeXGlobalHeader {
		return nil, fmt.Errorf("%w: it does not begin with a layer header", ErrForged)
	}
	records := entry.PAXRecords
	get := func(name string) string { return records[recordPrefix+name] }
	given, err := hex.DecodeString(get("hmac"))
	if err != nil || !hmac.Equal(given, recordsMAC(records, keys)) {
		return nil, fmt.Errorf("%w: its header is not authentic", ErrForged)
	}
	if get("stick") != stick {
		return nil, fmt.Errorf("%w: it belongs to stick %s", ErrForged, stickpath.Short(get("stick")))
	}
	// From here on only a holder of the stick's key can have written it.
	if format, err := strconv.Atoi(get("format")); err == nil && format > formatVersion {
		return nil, fmt.Errorf("%w: format %d", ErrFormat, format)
	}
	id, part, ok := ParseName(get("layer") + ".age")
	if !ok || part != 0 {
		return nil, fmt.Errorf("%w: bad layer name in its header", ErrDamaged)
	}
	when, err := time.Parse(time.RFC3339, get("time"))
	if err != nil {
		return nil, fmt.Errorf("%w: bad time in its header", ErrDamaged)
	}
	h := &Header{Stick: stick, ID: id, Time: when.UTC(), Was: get("was")}
	if h.Prev, err = ParseRef(get("prev")); err != nil {
		return nil, err
	}
	if h.Was != "" && !IsDigest(h.Was) {
		return nil, fmt.Errorf("%w: bad digest in its header", ErrDamaged)
	}
	if h.Replaced, err = parseHistory(get("replaced")); err != nil {
		return nil, err
	}
	return h, h.parseBelow(get("below"))
}

// parseBelow reads the list of a tidied layer, which ends in "-".
func (h *Header) parseBelow(list string) error {
	if list == "" {
		return nil
	}
	h.Tidied = true
	refs := strings.Split(list, ",")
	if len(refs) > MaxListed+1 {
		return fmt.Errorf("%w: %d layers listed in its header", ErrDamaged, len(refs))
	}
	for i, s := range refs {
		ref, err := ParseRef(s)
		if err != nil {
			return err
		}
		last := i == len(refs)-1
		if (ref.Seq == 0) != last || ref.Seq >= h.ID.Seq {
			return fmt.Errorf("%w: bad list of layers in its header", ErrDamaged)
		}
		if !last {
			h.Below = append(h.Below, ref)
		}
	}
	return nil
}

// MaxListed is how many layers a tidied one may list: its header must fit
// into the 1 MiB that readers of tar allow it.
const MaxListed = 10_000

// Redirect brings references to rotated layers up to date.
func (h *Header) Redirect(refs map[Ref]Ref) {
	if now, ok := refs[h.Prev]; ok {
		h.Prev = now
	}
	for i, ref := range h.Below {
		if now, ok := refs[ref]; ok {
			h.Below[i] = now
		}
	}
}
