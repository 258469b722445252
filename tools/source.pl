# SPDX-License-Identifier: GPL-3.0-or-later
# Reading the project's sources; shared by the lints, the figures and the fault planter. Loaded with
# the project's root as working directory.
use strict;
use warnings;

die "run this from the project's root\n" if !-d 'include/titrate';

# All files of the project, without build trees and results.
sub project_files {
    my @found;
    my @todo = ('.');
    while (defined(my $dir = shift @todo)) {
        opendir my $handle, $dir or die "$dir: $!\n";
        for my $name (sort readdir $handle) {
            my $path = $dir eq '.' ? $name : "$dir/$name";
            next if $name =~ /^\.{1,2}$/ || $path =~ m{^(?:\.git|build[^/]*|results/runs)$};
            if (-d $path) { push @todo, $path }
            elsif (-f $path) { push @found, $path }
        }
    }
    return @found;
}

sub read_text {
    my ($path) = @_;
    open my $handle, '<', $path or die "$path: $!\n";
    local $/ = undef;
    my $text = <$handle>;
    return $text // '';
}

sub read_lines { return split /^/m, read_text($_[0]) }

# C text of the same length with comments, and what stands between quotes, turned into spaces.
sub bare_code {
    my ($text) = @_;
    $text =~ s{(/\*.*?\*/)|(//[^\n]*)|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'}
              {defined $3 ? '"' . blank($3) . '"' : defined $4 ? "'" . blank($4) . "'"
                  : blank($1 // $2)}gse;
    return $text;
}

sub blank {
    my ($text) = @_;
    $text =~ s/[^\n]/ /g;
    return $text;
}

sub code_lines { return split /\n/, bare_code(read_text($_[0])), -1 }

1;
