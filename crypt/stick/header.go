package stick

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

// layerHeader is what the PAX global header at the start of a layer says.
// FORMAT.md, "Layer header".
type layerHeader struct {
	stick  string    // UUID
	id     layerID   // its own name
	time   time.Time // when it was written, UTC, to the second
	prev   layerRef  // the newest layer when it was written; zero for the first
	was    string    // the digest of the layer that it replaced when the stick's identity was rotated
	tidied bool      // below lists the only older layers that still count
	below  []layerRef
	// replaced says which layers tidying ever replaced, and what this one was before the rotation that was says, so that
	// whoever remembers one finds it.
	replaced history
}

// layerRef points to a layer by its number and digest.
type layerRef struct {
	seq    int64
	digest string
}

func (r layerRef) String() string {
	if r.seq == 0 {
		return "-"
	}
	return fmt.Sprintf("%d:%s", r.seq, r.digest)
}

func parseRef(s string) (layerRef, error) {
	if s == "-" {
		return layerRef{}, nil
	}
	number, digest, _ := strings.Cut(s, ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq <= 0 || !isDigest(digest) {
		return layerRef{}, fmt.Errorf("%w: %q does not point to a layer", ErrDamaged, stickpath.Short(s))
	}
	return layerRef{seq, digest}, nil
}

func isDigest(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil && s == strings.ToLower(s)
}

// The records of the header, all of which begin with this.
const recordPrefix = "STOWAGE."

// macKeys are what authenticates a stick's layers and tables, derived from the
// secret of its identity. They are wiped with wipe.
type macKeys struct {
	layer    []byte
	contents []byte
	chosen   []byte // of what is said of the holder's passphrase
}

// newMACKeys derives the keys with HKDF-SHA-256 from the text of the identity
// ("AGE-SECRET-KEY-…"), with the stick's id as salt.
func newMACKeys(secret []byte, stick string) (*macKeys, error) {
	k := &macKeys{}
	for info, to := range map[string]*[]byte{"layer header": &k.layer, "contents": &k.contents, "passphrase chosen": &k.chosen} {
		var err error
		if *to, err = hkdf.Key(sha256.New, secret, []byte(stick), "stowage stick v1 "+info, sha256.Size); err != nil {
			return nil, fmt.Errorf("derive keys: %w", err)
		}
	}
	return k, nil
}

func (k *macKeys) wipe() {
	clear(k.layer)
	clear(k.contents)
	clear(k.chosen)
}

// records returns the header as PAX records, authenticated.
func (h *layerHeader) records(keys *macKeys) map[string]string {
	r := map[string]string{
		recordPrefix + "format": strconv.Itoa(formatVersion),
		recordPrefix + "layer":  h.id.String(),
		recordPrefix + "prev":   h.prev.String(),
		recordPrefix + "stick":  h.stick,
		recordPrefix + "time":   h.time.UTC().Format(time.RFC3339),
	}
	if h.was != "" {
		r[recordPrefix+"was"] = h.was
	}
	if h.tidied {
		refs := make([]string, len(h.below))
		for i, ref := range h.below {
			refs[i] = ref.String()
		}
		r[recordPrefix+"below"] = strings.Join(append(refs, "-"), ",")
	}
	if replaced := h.replaced.String(); replaced != "" {
		r[recordPrefix+"replaced"] = replaced
	}
	r[recordPrefix+"hmac"] = hex.EncodeToString(recordsMAC(r, keys))
	return r
}

// recordsMAC authenticates all records but the hmac itself: each as its name, "=", its value and a newline, sorted by name.
func recordsMAC(records map[string]string, keys *macKeys) []byte {
	mac := hmac.New(sha256.New, keys.layer)
	for _, name := range slices.Sorted(maps.Keys(records)) {
		if name != recordPrefix+"hmac" {
			fmt.Fprintf(mac, "%s=%s\n", name, records[name])
		}
	}
	return mac.Sum(nil)
}

// parseHeader checks and reads the first entry of a layer.
func parseHeader(entry *tar.Header, stick string, keys *macKeys) (*layerHeader, error) {
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
	id, part, ok := parseLayerName(get("layer") + ".age")
	if !ok || part != 0 {
		return nil, fmt.Errorf("%w: bad layer name in its header", ErrDamaged)
	}
	when, err := time.Parse(time.RFC3339, get("time"))
	if err != nil {
		return nil, fmt.Errorf("%w: bad time in its header", ErrDamaged)
	}
	h := &layerHeader{stick: stick, id: id, time: when.UTC(), was: get("was")}
	if h.prev, err = parseRef(get("prev")); err != nil {
		return nil, err
	}
	if h.was != "" && !isDigest(h.was) {
		return nil, fmt.Errorf("%w: bad digest in its header", ErrDamaged)
	}
	if h.replaced, err = parseHistory(get("replaced")); err != nil {
		return nil, err
	}
	return h, h.parseBelow(get("below"))
}

// parseBelow reads the list of a tidied layer, which ends in "-".
func (h *layerHeader) parseBelow(list string) error {
	if list == "" {
		return nil
	}
	h.tidied = true
	refs := strings.Split(list, ",")
	if len(refs) > maxListed+1 {
		return fmt.Errorf("%w: %d layers listed in its header", ErrDamaged, len(refs))
	}
	for i, s := range refs {
		ref, err := parseRef(s)
		if err != nil {
			return err
		}
		last := i == len(refs)-1
		if (ref.seq == 0) != last || ref.seq >= h.id.seq {
			return fmt.Errorf("%w: bad list of layers in its header", ErrDamaged)
		}
		if !last {
			h.below = append(h.below, ref)
		}
	}
	return nil
}
