#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# quality.pl [--fast]: figures of the sources with their bounds; exit 1 if one is exceeded.
# A function is counted from the first line of its head to its closing brace.
use strict;
use warnings;
require './tools/source.pl';

my $OURS = qr{^(?:include|models|sim|agents|results|experiments)/};
my $DUPLICATE_LINES = 6;
my $SUPPRESSES = qr{NOLINT|diagnostic\s+ignored|-Wno-|-fno-sanitize(?!-recover)};
my $failed = 0;

# figure NAME, VALUE, BOUND, HOLDS [, DETAIL]
sub figure {
    my ($name, $value, $bound, $holds, $detail) = @_;
    $failed++ if !$holds;
    printf "%-34s %10s   %-12s %s%s\n", $name, $value, $bound, $holds ? 'ok' : 'FALLS SHORT',
        defined $detail ? "   $detail" : '';
}

sub quantile {
    my ($p, @sorted) = @_;
    return @sorted ? $sorted[int($p * $#sorted + 0.5)] : 0;
}

# [path, line, name, length] of each function of a file: our style closes a body in column one.
sub functions {
    my ($path) = @_;
    my @lines = code_lines($path);
    my ($start, $name, @found);
    for my $i (0 .. $#lines) {
        if ($lines[$i] =~ /^[A-Za-z_]/ && $lines[$i] !~ /^(?:typedef|struct|enum|union)\b[^(]*$/) {
            $start = $i if !defined $start;
        }
        if (defined $start && !defined $name) {
            my $head = join ' ', @lines[$start .. $i];
            if ($lines[$i] =~ /^\{/ && $head =~ /(\w+)\s*\([^{};]*\)\s*\{/) { $name = $1 }
            elsif ($lines[$i] =~ /[;{}]\s*$|^#|^\s*$/) { $start = undef }
        }
        if (defined $name && $lines[$i] =~ /^\}/) {
            push @found, [$path, $start + 1, $name, $i - $start + 1];
            ($start, $name) = ();
        }
    }
    return @found;
}

sub function_figures {
    my @all = sort { $a->[3] <=> $b->[3] } map { functions($_) } @_;
    my @length = map { $_->[3] } @all;
    my $longest = $all[-1] // ['none', 0, 'none', 0];
    printf "%-34s %10d\n", 'functions', scalar @all;
    figure('function lines, median', quantile(0.5, @length), '<= 15', quantile(0.5, @length) <= 15);
    figure('function lines, 90th percentile', quantile(0.9, @length), '<= 50',
        quantile(0.9, @length) <= 50);
    figure('function lines, longest', $longest->[3], '<= 80', $longest->[3] <= 80,
        "$longest->[2] ($longest->[0]:$longest->[1])");
}

sub file_figures {
    my @all = sort { $a->[1] <=> $b->[1] }
        map { my @lines = read_lines($_); [$_, scalar @lines] } @_;
    my $longest = $all[-1] // ['none', 0];
    my @over = grep { $_->[1] > 600 } @all;
    figure('file lines, longest', $longest->[1], '<= 600', !@over,
        join ', ', map { "$_->[0] $_->[1]" } @over ? @over : ($longest));
}

# The declarations of a header: [line, name, documented]. A name is documented by a comment that
# ends on the line above its declaration, or stands on one of the declaration's own lines.
sub declarations {
    my ($path) = @_;
    my $text = read_text($path);
    my @raw = split /\n/, $text, -1;
    my @bare = split /\n/, bare_code($text), -1;
    my @has_comment = map { $raw[$_] ne $bare[$_] && bare_differs_in_comment($raw[$_], $bare[$_]) }
        0 .. $#raw;
    my (@found, $pending, $from, $kind, $macro);
    my ($body, $parens) = ('', 0);
    my $emit = sub {
        my ($to, @names) = @_;
        my $documented = $from > 0 && $has_comment[$from - 1] && $bare[$from - 1] =~ /^\s*$/;
        $documented ||= grep { $has_comment[$_] } $from .. $to;
        push @found, map { [$from + 1, $_, $documented ? 1 : 0] } @names;
    };
    for (my $i = 0; $i <= $#bare; $i++) {
        my $line = $bare[$i];
        if ($line =~ /^\s*#/) {
            my ($first, $name) = ($i, $line =~ /^\s*#\s*define\s+(\w+)/);
            $i++ while $bare[$i] =~ /\\\s*$/ && $i < $#bare;
            if (defined $name && $name !~ /_H$/ && $text !~ /^#undef $name$/m) {
                $from = $first;
                $emit->($first, $name);
            }
            ($from, $pending) = ();
            next;
        }
        next if !defined $pending && $line !~ /\S/;
        if (!defined $pending) { ($pending, $from) = ('', $i) }
        $pending .= "$line\n";
        my $done = declared_names(\$pending, \$kind);
        next if !defined $done;
        $emit->($i, @$done);
        ($pending, $from) = ();
    }
    return @found;
}

sub forward {
    my ($text, $line, $name) = @_;
    my $at = (split /\n/, $text)[$line - 1];
    return $at =~ /^typedef struct $name $name;/ && $text =~ /^struct $name \{/m;
}

sub bare_differs_in_comment {
    my ($raw, $bare) = @_;
    return $raw =~ m{/\*|\*/|//|^\s*\*} || $raw =~ /\S/ && $bare !~ /\S/;
}

# The names that a finished piece declares, or undef while it is unfinished. $kind is what the
# enclosing braces hold: a struct's fields or an enum's constants.
sub declared_names {
    my ($text, $kind) = @_;
    my $piece = $$text;
    return [] if $piece =~ /^\s*[A-Z0-9_]+\(X\)\s*$/; # rows of an X macro carry their own text
    if ($piece =~ /^\s*(?:typedef\s+)?(struct|union|enum)\s*(\w*)\s*\{\s*$/s) {
        $$kind = $1 eq 'enum' ? 'enum' : 'struct';
        return length $2 ? [$2] : [];
    }
    if ($piece =~ /^\s*\}\s*(\w*)\s*;\s*$/s) { $$kind = undef; return [] }
    if (($$kind // '') eq 'enum') {
        return undef if $piece !~ /,\s*$|\w\s*$/;
        $piece =~ s/=[^,]*//g;
        return [$piece =~ /(\w+)/g];
    }
    return inline_body($text, $piece) if !defined $$kind && $piece =~ /\)\s*\{/;
    return undef if $piece !~ /;\s*$/ && $piece !~ /\}\s*\w+\s*;\s*$/;
    return undef if ($piece =~ tr/{//) != ($piece =~ tr/}//);
    return [$1] if $piece =~ /\(\s*\*\s*(\w+)\s*\)/;                     # pointer to function
    return [$1] if $piece =~ /^\s*typedef\b.*?(\w+)\s*(?:\[[^]]*\])*;\s*$/s;
    return [$1] if !defined $$kind && $piece =~ /(\w+)\s*\(/;            # function
    return [] if $piece =~ /^\s*(?:struct|union|enum)\s+\w+\s*;/;
    $piece =~ s/\[[^]]*\]|\{[^}]*\}//g;
    $piece =~ s/;\s*$//;
    return [map { /(\w+)\s*(?::\s*\d+\s*)?$/ ? $1 : () } split /,/, $piece];
}

# An inline function counts by its name once its body is closed.
sub inline_body {
    my ($text, $piece) = @_;
    return undef if ($piece =~ tr/{//) != ($piece =~ tr/}//);
    return $piece =~ /(\w+)\s*\([^{]*\)\s*\{/s ? [$1] : [];
}

sub documentation_figures {
    # a type that is announced and then defined is documented where it is defined
    my @all = map { my $path = $_; my $text = read_text($path);
        map { [$path, @$_] } grep { !forward($text, @$_[0, 1]) } declarations($path) } @_;
    my @bare = grep { !$_->[3] } @all;
    my $percent = @all ? 100 * (@all - @bare) / @all : 0;
    figure('public names documented, %', sprintf('%.1f', $percent), '= 100', !@bare,
        scalar(@all) . ' names');
    printf "    %s:%d: %s\n", @$_[0 .. 2] for @bare;
}

sub layer_figures {
    my $report = qx{perl tests/lint/lint.pl layers};
    my ($n) = $report =~ /^lint layers: (\d+) breaches/m;
    figure('layer breaches', $n, '= 0', $n == 0);
    print "    $_\n" for $report =~ /^(\S+:\d+: .*)$/mg;
}

# Warnings switched off: each needs a reason on its line or the line above.
sub suppression_figures {
    my (@all, @unreasoned);
    for my $path (@_) {
        my @lines = read_lines($path);
        for my $i (0 .. $#lines) {
            next if $lines[$i] !~ $SUPPRESSES || $lines[$i] =~ /NOLINTEND/;
            push @all, [$path, $i + 1, $lines[$i]];
            my $above = $i > 0 ? $lines[$i - 1] : '';
            my $reason = $lines[$i] =~ /NOLINT\w*(?:\([^)]*\))?\W+\w+|(?:#|\/\*|\/\/)\s*\w+\s+\w+/
                || $above =~ m{(?:#|/\*|//|\*)\s*\w+};
            push @unreasoned, $all[-1] if !$reason;
        }
    }
    figure('suppressed warnings', scalar @all, 'with reason', !@unreasoned,
        @unreasoned ? scalar(@unreasoned) . ' without a reason' : undef);
    for (@all) {
        my ($path, $line, $text) = @$_;
        $text =~ s/^\s+|\s+$//g;
        print "    $path:$line: $text\n";
    }
}

# The same six lines in two places. Compared: lines of code without white space, comments, includes
# and lone braces; a longer block is reported once.
sub duplicates {
    my %seen;
    my %where;
    for my $path (@_) {
        my @bare = code_lines($path);
        my @raw = map { s/\s+//gr } read_lines($path);
        my @kept = grep { length $bare[$_] =~ s/\s+//gr > 2 && $bare[$_] !~ /^\s*#/ } 0 .. $#bare;
        $where{$path} = [\@raw, \@kept];
        for my $k (0 .. @kept - $DUPLICATE_LINES) {
            push @{$seen{join "\n", map { $raw[$kept[$k + $_]] } 0 .. $DUPLICATE_LINES - 1}},
                [$path, $k];
        }
    }
    my (%covered, @found);
    for my $places (sort { "@{$a->[0]}" cmp "@{$b->[0]}" || $a->[0][1] <=> $b->[0][1] }
        grep { @$_ > 1 } values %seen) {
        my ($one, $two) = @$places;
        next if $covered{"$one->[0]:$one->[1] $two->[0]:$two->[1]"};
        my $n = matching($where{$one->[0]}, $one->[1], $where{$two->[0]}, $two->[1]);
        for my $k (0 .. $n) {
            $covered{"$one->[0]:" . ($one->[1] + $k) . " $two->[0]:" . ($two->[1] + $k)} = 1;
        }
        push @found, [$n, map { "$_->[0]:" . ($where{$_->[0]}[1][$_->[1]] + 1) } $one, $two];
    }
    return sort { $b->[0] <=> $a->[0] || $a->[1] cmp $b->[1] } @found;
}

# How many kept lines are the same from these two places on.
sub matching {
    my ($one, $i, $two, $j) = @_;
    my $n = 0;
    while ($i + $n <= $#{$one->[1]} && $j + $n <= $#{$two->[1]}
        && $one->[0][$one->[1][$i + $n]] eq $two->[0][$two->[1][$j + $n]]) {
        $n++;
    }
    return $n;
}

sub duplicate_figures {
    my ($what, @files) = @_;
    my @found = duplicates(@files);
    printf "%-34s %10d\n", "duplicated blocks, $what", scalar @found;
    print "    $_->[0] lines: $_->[1] and $_->[2]\n" for @found[0 .. ($#found < 9 ? $#found : 9)];
}

my @files = project_files();
my @sources = grep { $_ =~ $OURS && /\.[ch]$/ } @files;
function_figures(@sources);
file_figures(grep { /\.(?:[ch]|sh|pl|py|js)$/ } @files);
documentation_figures(grep { m{^include/titrate/.*\.h$} } @files);
layer_figures();
suppression_figures(grep { /\.(?:[ch]|cmake|txt)$/ } @files);
duplicate_figures('sources', @sources);
duplicate_figures('tests', grep { m{^tests/.*\.[ch]$} } @files);
exit($failed ? 1 : 0);
