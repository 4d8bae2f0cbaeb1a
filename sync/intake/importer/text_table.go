package importer

import (
	"regexp"
	"strings"
)

var ruleCell = regexp.MustCompile(`^:?-+:?$`)

// tableLine reads a row of a table of a wiki.
func (p *paste) tableLine(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") || lineMark.MatchString(line) {
		return false
	}
	cells := tableCells(line)
	if isRule(cells) {
		return true
	}
	head, headed := columnsFrom(cells)
	if !p.inTab {
		p.table, p.inTab = columns{}, true
	}
	switch {
	case headed && len(p.table.role) == 0:
		p.table = head
	case len(p.table.role) == 0:
		p.pushCells(cells) // a header of other words too, so that it is not lost
	default:
		row := p.table.row(record{line: p.at + 1, cells: cells}, "|")
		row.zone = either(row.zone, p.table.zoneName)
		if row.timed || row.raw != "" || row.said() != "" {
			p.push(row)
			p.open = false
		}
	}
	return true
}

// pushCells reads a row of a table without a header.
func (p *paste) pushCells(cells []string) {
	row := record{line: p.at + 1, cells: cells}.bare('|')
	row.text = joinFilled(" | ", strings.Split(row.text, "|"))
	if row.timed || row.text != "" {
		p.push(row)
		p.open = false
	}
}

func isRule(cells []string) bool {
	for _, c := range cells {
		if !ruleCell.MatchString(c) {
			return false
		}
	}
	return true
}

// tableCells parts a row. Confluence marks headers with two bars, MediaWiki parts
// cells so.
func tableCells(line string) []string {
	line = strings.ReplaceAll(line, `\|`, "\x00")
	if strings.HasPrefix(line, "||") || strings.Contains(line, " || ") {
		line = strings.ReplaceAll(line, "||", "|")
	}
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	cells := strings.Split(line, "|")
	for n, c := range cells {
		c = strings.NewReplacer("\x00", "|", "<br>", "\n", "<br/>", "\n", "<br />", "\n").Replace(c)
		cells[n] = strings.TrimSpace(c)
	}
	return cells
}
