"""What must whoever comes next know?"""
