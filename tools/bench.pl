#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# bench.pl ROWS ONLY JSON: rows of the benches ("suffix<TAB>json object" per line) as one table, and
# as {"rows": [...]} in the file JSON, if that is not empty.
use strict;
use warnings;
use JSON::PP ();

my ($path, $only, $json) = @ARGV;
my $coder = JSON::PP->new->canonical->allow_nonref;
my @FIELDS = qw(name value unit spread peer peer_source workload error limit_share);

open my $handle, '<', $path or die "$path: $!\n";
my @rows;
while (my $line = <$handle>) {
    my ($suffix, $text) = $line =~ /^(\w*)\t(.*)$/ or next;
    my $row = eval { $coder->decode($text) };
    die "a bench printed what is no JSON object: $text\n" if ref $row ne 'HASH';
    defined $row->{$_} or die "a row lacks '$_': $text\n" for qw(name value unit workload);
    $row->{name} .= $suffix;
    push @rows, {map { $_ => $row->{$_} } @FIELDS};
}
@rows = grep { $_->{name} eq $only } @rows if $only ne '';
die "dev bench: no row '$only' was printed\n" if !@rows;

sub short {
    my ($value) = @_;
    return '-' if !defined $value;
    return $value if $value !~ /^-?[\d.]+(?:e[+-]?\d+)?$/i;
    my $far = abs $value >= 1e5 || (abs $value < 1e-3 && $value != 0);
    return sprintf $far ? '%.3g' : '%.4g', $value;
}

my $LINE = "%-44s %10s %8s %10s %7s %7s  %s\n";
printf $LINE, qw(name ours spread peer ratio limit unit);
my %told; # what was measured and whose figure stands beside it, once per text
for (@rows) {
    my $peer = $_->{peer} // 0;
    my $ratio = $peer > 0 ? sprintf '%.1f', $_->{value} / $peer : '-';
    my $error = defined $_->{error} ? ", error " . short($_->{error}) : '';
    printf $LINE, $_->{name}, short($_->{value}), short($_->{spread}), short($_->{peer}), $ratio,
        defined $_->{limit_share} ? sprintf('%.0f %%', 100 * $_->{limit_share}) : '-', $_->{unit} . $error;
    my $source = $_->{peer_source} // '';
    my $text = $_->{workload} . (length $source ? "; peer: $source" : '');
    push @{$told{$text}}, $_->{name};
}
print "\n";
for my $text (sort { $told{$a}[0] cmp $told{$b}[0] } keys %told) {
    print join(', ', @{$told{$text}}), ":\n    $text\n";
}

if (defined $json && length $json) {
    open my $out, '>', "$json.tmp" or die "$json.tmp: $!\n";
    print {$out} '{"rows":[', join(",\n", map { $coder->encode($_) } @rows), "]}\n";
    close $out or die "$json.tmp: $!\n";
    rename "$json.tmp", $json or die "$json: $!\n";
    print "written: $json\n";
}
