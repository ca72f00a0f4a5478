package i18n

import "testing"

func TestNamesAreSortedAsPeopleDo(t *testing.T) {
	for _, pair := range [][2]string{{"a2", "a10"}, {"A", "b"}, {"a", "B"}, {"file", "file1"}, {"x009", "x10"}} {
		if CompareNames(pair[0], pair[1]) >= 0 || CompareNames(pair[1], pair[0]) <= 0 {
			t.Errorf("%s does not come before %s", pair[0], pair[1])
		}
	}
}
